# SPDX-License-Identifier: MIT
"""What goes into the packaged program."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from pathlib import Path

import pytest

from contents import MOTO_PARTS, is_wanted, is_wanted_module, needed_libraries

PACKAGING = Path(__file__).resolve().parents[2] / "packaging"

# Serves one call of each kind, and says which parts of moto were loaded for it.
_PRACTISE = """
import io, json, sys
import boto3
from notification_tester.practice import server

output = io.StringIO()

def calls():
    at = json.loads(output.getvalue())
    keys = {"aws_access_key_id": at["access_key_id"], "aws_secret_access_key": at["secret_access_key"]}
    sqs = boto3.client("sqs", endpoint_url=at["aws_endpoint"], region_name=at["region"], **keys)
    sns = boto3.client("sns", endpoint_url=at["aws_endpoint"], region_name=at["region"], **keys)
    queue = sqs.create_queue(QueueName="mine")["QueueUrl"]
    topic = sns.create_topic(Name="mine")["TopicArn"]
    arn = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["All"])["Attributes"]["QueueArn"]
    subscription = sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn)["SubscriptionArn"]
    sns.publish(TopicArn=topic, Message="hello")
    sqs.send_message(QueueUrl=queue, MessageBody="hello")
    assert sqs.receive_message(QueueUrl=queue, WaitTimeSeconds=5)["Messages"]
    kms = boto3.client("kms", endpoint_url=at["aws_endpoint"], region_name=at["region"], **keys)
    key = kms.create_key(Policy="{}")["KeyMetadata"]["KeyId"]
    kms.get_key_policy(KeyId=key, PolicyName="default")
    sqs.set_queue_attributes(QueueUrl=queue, Attributes={"KmsMasterKeyId": key})
    sns.unsubscribe(SubscriptionArn=subscription)
    sqs.delete_queue(QueueUrl=queue)
    sns.delete_topic(TopicArn=topic)

server.serve(port=0, output=output, until=calls)
print(json.dumps(sorted({name.split(".")[1] for name in sys.modules if name.startswith("moto.")})))
"""


@pytest.mark.parametrize(
    ("place", "wanted"),
    [
        ("botocore/data/sqs/2012-11-05/service-2.json.gz", True),
        ("botocore/data/sqsx/2012-11-05/service-2.json.gz", False),
        ("botocore/data/ec2/2016-11-15/service-2.json.gz", False),
        ("botocore/data/endpoints.json", True),
        (r"botocore\data\ec2\2016-11-15\service-2.json.gz", False),
        ("boto3/data/ec2/2016-11-15/resources-1.json", False),
        (r"PySide6\opengl32sw.dll", False),
        ("PySide6/Qt/plugins/platforms/libqxcb.so", True),
        ("PySide6/Qt/plugins/platformthemes/libqgtk3.so", False),
        ("PySide6/plugins/platforms/qwindows.dll", True),
        ("PySide6/Qt/translations/qtbase_de.qm", False),
        ("notification_tester/resources/translations/de.qm", True),
        ("notification_tester/resources/icons/app.svg", True),
        ("notification_tester/resources/help/index.md", True),
        ("notification_tester/resources/help/way.svg", True),
        ("PySide6/Qt/lib/libQt6Widgets.so.6", True),
        ("PySide6/Qt/lib/libQt6Quick.so.6", False),
        ("libX11.so.6", False),
        ("libX11-xcb.so.1", False),
        ("libxcb-cursor.so.0", True),
        ("libzstd.so.1", False),
        ("libssl.so.3", False),
        ("libsqlite3.so.0", True),
        ("botocore/cacert.pem", False),
        ("certifi/cacert.pem", True),
        ("PySide6/QtDBus.abi3.so", True),
        ("PySide6/Qt/lib/libQt6DBus.so.6", True),
        ("keyring-25.7.0.dist-info/entry_points.txt", True),
        ("keyring-25.7.0.dist-info/direct_url.json", False),
        ("keyring-25.7.0.dist-info/RECORD", False),
    ],
    ids=str,
)
def test_a_place_is_wanted_or_not(place: str, *, wanted: bool) -> None:
    assert is_wanted(place) is wanted


@pytest.mark.parametrize(
    ("module", "wanted"),
    [
        ("moto", True),
        ("moto.sqs", True),
        ("moto.sqs.models", True),
        ("moto.backends", True),
        ("moto.sqs_of_others", False),
        ("moto.ec2.models", False),
        ("notification_tester.qt.app.application", True),
    ],
)
def test_a_module_is_wanted_or_not(module: str, *, wanted: bool) -> None:
    assert is_wanted_module(module) is wanted


def test_a_library_goes_with_what_needed_it() -> None:
    needs = {
        "PySide6/QtGui.abi3.so": ["libGui.so.6"],
        "lib/libGui.so.6": ["libpng16.so.16", "libc.so.6"],
        "libpng16.so.16": [],
        "libgtk-3.so.0": ["libgdk-3.so.0"],
        "libgdk-3.so.0": ["libgtk-3.so.0"],
        "libpython3.11.so.1.0": [],
        "PySide6/Qt/plugins/platforms/libqxcb.so": ["libxcb-cursor.so.0"],
        "libxcb-cursor.so.0": [],
    }
    assert needed_libraries(needs, needs.__getitem__) == needs.keys() - {"libgtk-3.so.0", "libgdk-3.so.0"}


def test_practice_loads_no_part_of_moto_that_stays_behind() -> None:
    done = subprocess.run(
        [sys.executable, "-c", _PRACTISE], stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert set(json.loads(done.stdout)) <= set(MOTO_PARTS)


def test_the_specification_can_be_read() -> None:
    ast.parse((PACKAGING / "mturk-notification-tester.spec").read_text(encoding="utf-8"))


def excluded() -> list[str]:
    """The modules that the specification leaves out by their names."""
    tree = ast.parse((PACKAGING / "mturk-notification-tester.spec").read_text(encoding="utf-8"))
    (call,) = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and ast.unparse(node.func) == "Analysis"]
    (names,) = [word.value for word in call.keywords if word.arg == "excludes"]
    assert isinstance(names, ast.List)
    return [str(one.value) for one in names.elts if isinstance(one, ast.Constant)]


_WITHOUT = """
import sys

class LeftOut:
    def find_spec(self, name, path=None, target=None):
        if name in {names!r}:
            raise ModuleNotFoundError(f"No module named {{name!r}}", name=name)

sys.meta_path.insert(0, LeftOut())
"""


def test_practice_works_without_what_is_left_out() -> None:
    done = subprocess.run(
        [sys.executable, "-c", _WITHOUT.format(names=excluded()) + _PRACTISE],
        stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr


def test_the_debugger_that_practice_loads_can_be_loaded() -> None:
    """Flask's part for tests loads click's, which loads pdb; from Python 3.13 on that loads rlcompleter.

    readline stays out: its library is under the GPL, and rlcompleter does without.
    """
    assert "rlcompleter" not in excluded()
    assert "readline" in excluded()
    done = subprocess.run(
        [sys.executable, "-c", _WITHOUT.format(names=excluded()) + "import pdb, rlcompleter"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
