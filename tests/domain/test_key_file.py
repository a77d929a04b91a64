# SPDX-License-Identifier: MIT
"""The file that AWS hands out with a key, in its shapes over the years, and what people paste instead."""

from __future__ import annotations

import pytest

from notification_tester.domain.key_file import keys_in, keys_of_file
from notification_tester.domain.problem import ProblemError

KEY = "AKIAIOSFODNN7EXAMPLE"
SECRET = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
OTHER = "AKIAI44QH8DHBEXAMPLE"
TOKEN = "IQoJb3JpZ2luX2VjEXAMPLE//////////wEaCXVzLWVhc3QtMSJHMEUCIQ=="
TEMPORARY = "ASIAIOSFODNN7EXAMPLE"

FILES = {
    "accessKeys.csv": f"\ufeffAccess key ID,Secret access key\r\n{KEY},{SECRET}\r\n",
    "without a line break at its end": f"Access key ID,Secret access key\n{KEY},{SECRET}",
    "columns the other way round": f"Secret access key,Access key ID\n{SECRET},{KEY}\n",
    "credentials.csv": (
        "User name,Password,Access key ID,Secret access key,Console login link\r\n"
        f"rosalind,,{KEY},{SECRET},https://123456789012.signin.aws.amazon.com/console\r\n"
    ),
    "quoted": f'"User Name","Access Key Id","Secret Access Key"\n"rosalind","{KEY}","{SECRET}"\n',
    "saved by a spreadsheet": f"Access key ID;Secret access key\r\n{KEY};{SECRET}\r\n",
    "copied from a spreadsheet": f"Access key ID\tSecret access key\n{KEY}\t{SECRET}\n",
    "older rootkey.csv": f"AWSAccessKeyId={KEY}\r\nAWSSecretKey={SECRET}\r\n",
    "credentials of the AWS CLI": f"[default]\naws_access_key_id = {KEY}\naws_secret_access_key = {SECRET}\n",
    "for a terminal": f'export AWS_ACCESS_KEY_ID="{KEY}"\nexport AWS_SECRET_ACCESS_KEY="{SECRET}"\n',
    "for PowerShell": f'$Env:AWS_ACCESS_KEY_ID="{KEY}"\n$Env:AWS_SECRET_ACCESS_KEY="{SECRET}"\n',
    "create-access-key": (
        f'{{"AccessKey": {{"UserName": "rosalind", "AccessKeyId": "{KEY}", "Status": "Active", '
        f'"SecretAccessKey": "{SECRET}"}}}}'
    ),
    "the same one twice": f"[default]\naws_access_key_id={KEY}\naws_secret_access_key={SECRET}\n[lab]\n"
    f"aws_access_key_id={KEY}\naws_secret_access_key={SECRET}\n",
    "a short row below": f"Access key ID,Secret access key\n{KEY},{SECRET}\n{OTHER}\n",
    "a line of the table alone": f"{KEY},{SECRET}",
    "below each other": f"{KEY}\n{SECRET}\n",
    "before a checksum of as many letters": f"{KEY} {SECRET} {'0a' * 20}",
    "in a letter": f"Dear Rosalind, your key is {KEY} and the secret {SECRET}. Keep them.",
}


@pytest.mark.parametrize("text", FILES.values(), ids=FILES)
def test_the_key_is_found_in(text: str) -> None:
    found = keys_of_file(text)
    assert (found.access_key_id, found.secret_access_key, found.session_token) == (KEY, SECRET, "")
    assert SECRET not in repr(found)


def test_a_temporary_key_comes_with_its_token() -> None:
    text = (
        f'export AWS_ACCESS_KEY_ID="{TEMPORARY}"\nexport AWS_SECRET_ACCESS_KEY="{SECRET}"\n'
        f'export AWS_SESSION_TOKEN="{TOKEN}"\n'
    )
    found = keys_of_file(text)
    assert (found.access_key_id, found.session_token) == (TEMPORARY, TOKEN)


def test_a_part_that_is_no_key_is_handed_on_as_it_is_written() -> None:
    found = keys_of_file(f"Access key ID,Secret access key\n{KEY},cut-off\n")
    assert found.secret_access_key == "cut-off"


@pytest.mark.parametrize("text", ["", "hello", KEY, SECRET, f"{SECRET} {KEY}", "Access key ID,Secret access key\n"])
def test_there_is_none_in(text: str) -> None:
    assert keys_in(text) is None


@pytest.mark.parametrize(
    ("text", "code", "said"),
    [
        (
            f"Access key ID,Secret access key\n{KEY},{SECRET}\n{OTHER},{SECRET}\n",
            "keys.several",
            "There are 2 access keys in it.",
        ),
        (
            (
                f"aws_access_key_id={KEY}\naws_secret_access_key={SECRET}\n"
                f"aws_access_key_id={OTHER}\naws_secret_access_key={SECRET[::-1]}\n"
            ),
            "keys.several",
            "There are 2 access keys in it.",
        ),
        (
            f"First {KEY} with {SECRET}, then {OTHER} with {SECRET[::-1]}.",
            "keys.several",
            "There are 2 access keys in it.",
        ),
        (
            "User name,Password,Console sign-in URL\nrosalind,Zq7!hunter2,https://x.signin.aws.amazon.com/console\n",
            "keys.none-in-file",
            "password for the console",
        ),
        ("a,b\n1,2\n", "keys.none-in-file", "accessKeys.csv"),
    ],
    ids=["several", "several profiles", "several in a letter", "a password", "another table"],
)
def test_why_no_key_is_taken_is_said_without_a_word_of_the_file(text: str, code: str, said: str) -> None:
    with pytest.raises(ProblemError) as refused:
        keys_of_file(text)
    problem = refused.value.problem
    assert problem.code == code
    assert said in problem.as_text()
    for secret in (KEY, OTHER, SECRET, "hunter2"):
        assert secret not in problem.as_text()
