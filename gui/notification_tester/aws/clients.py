# SPDX-License-Identifier: MIT
"""boto3 clients for one account: whose keys, which endpoints, how patient.

Practice, sandbox, production and any other compatible service are one code path that differs in a :class:`Connection`.
A client may be shared between threads, a session may not (boto3, "Multithreading or multiprocessing with clients"), so
the session is kept behind a lock and clients are kept for as long as the account is open.
"""

from __future__ import annotations

import os
import threading
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any, Literal, cast

from notification_tester.aws.error_table import Call
from notification_tester.aws.errors import refuse_socks, translated
from notification_tester.aws.settings import Connection, Settings, endpoint_variable
from notification_tester.domain.account import REGION, Credentials

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import boto3
    import botocore.session
    from types_boto3_mturk import MTurkClient
    from types_boto3_sns import SNSClient
    from types_boto3_sqs import SQSClient
    from types_boto3_sts import STSClient

    from notification_tester.domain.known_secrets import KnownSecrets

ServiceName = Literal["mturk", "sqs", "sns", "sts", "kms"]

CONNECT_SECONDS = 5
READ_SECONDS = 10
CALL_SECONDS = 15
"""For a call from its first byte to its last, all attempts together; a long poll has its own time on top."""

ATTEMPTS = 3
"""A person waits: three attempts with growing pauses end within seconds where the service answers."""

SIGN_IN_ATTEMPTS = 2
SIGN_IN_SERVICES = ("sts", "sso", "sso-oidc", "signin")
"""Whom botocore asks for keys, in the names of its events."""

BULK_ATTEMPTS = 1
"""In bulk work whoever calls decides about trying again, because botocore's waiting cannot be stopped.

Its adaptive mode was measured: where one call in five is turned away at random, a thousand calls from eight threads did
not end within four minutes (its rate is cut at each refusal, down to one call in two seconds), against seconds with
:class:`notification_tester.services.hit_types.pace.Pace`; and a thread that waits in it does not hear of Cancel.
"""


_SECRET_MEMBERS = frozenset(
    {
        "accesskeyid",
        "secretaccesskey",
        "sessiontoken",
        "accesstoken",
        "refreshtoken",
        "idtoken",
        "clientsecret",
        "webidentitytoken",
        "samlassertion",
        "tokencode",
        "devicecode",
        "codeverifier",
    }
)
"""Members of the sign-in services' requests and answers, in small letters (API references of STS, SSO, SSO-OIDC)."""


class Clients:
    """The clients of one connection, each made when first asked for.

    ``once`` are the same with a single attempt for each call: for work that whoever calls tries again, or that may be
    left undone when nothing answers, so that nobody waits for it.
    """

    once: Clients

    def __init__(
        self,
        connection: Connection,
        *,
        secrets: KnownSecrets | None = None,
        ask_code: Callable[[str], str] | None = None,
    ) -> None:
        """``ask_code`` gets the name of an MFA device and answers with its code, or raises ProblemError.

        Every key and token that comes by is added to ``secrets``.
        """
        self.connection = connection
        self.settings = Settings(connection, secrets)
        self._ask_code = ask_code
        self._lock = threading.Lock()
        self._session: boto3.Session | None = None
        self._made: dict[tuple[ServiceName, str, int], Any] = {}
        self._mturk_bulk: MTurkClient | None = None
        self.once = _Once(connection, self.settings, partial(self._client, attempts=1))

    @property
    def mturk(self) -> MTurkClient:
        """Mechanical Turk, always in us-east-1."""
        return cast("MTurkClient", self._client("mturk", REGION))

    @property
    def mturk_bulk(self) -> MTurkClient:
        """Mechanical Turk for thousands of calls: nothing is tried again, and answers come as the service wrote them.

        botocore's own reading of a page of HITs takes as long as all else.
        """
        with self._lock:
            if self._mturk_bulk is None:
                call = Call(service="mturk", operation="", endpoint=self._endpoint("mturk"))
                with translated(call, self.settings):
                    made = self._make("mturk", REGION, attempts=BULK_ATTEMPTS, as_written=True)
                    self._mturk_bulk = cast("MTurkClient", made)
            return self._mturk_bulk

    @property
    def sts(self) -> STSClient:
        """The Security Token Service, which knows whose keys these are."""
        return cast("STSClient", self._client("sts", REGION))

    def sqs(self, region: str = "") -> SQSClient:
        """Amazon SQS in one region."""
        return cast("SQSClient", self._client("sqs", region or REGION))

    def sns(self, region: str = "") -> SNSClient:
        """Amazon SNS in one region."""
        return cast("SNSClient", self._client("sns", region or REGION))

    def kms(self, region: str = "") -> Any:
        """AWS KMS in one region; asked of rarely, so its types are no dependency of ours."""
        return self._client("kms", region or REGION)

    def use_keys(self, credentials: Credentials) -> None:
        """Sign all further calls with other keys, those of clients that were handed out before as well."""
        with self._lock:
            self.connection = replace(self.connection, credentials=credentials)
            self.settings.know(*credentials.secrets)
            # Every client of a session signs with this one object of botocore's (botocore.signers).
            if self._session is not None and (held := self._session.get_credentials()) is not None:
                held.access_key = credentials.access_key_id
                held.secret_key = credentials.secret_access_key
                held.token = credentials.session_token or None

    def close(self) -> None:
        """Close every connection that is held open."""
        with self._lock:
            made, self._made = list(self._made.values()), {}
            bulk, self._mturk_bulk = self._mturk_bulk, None
        for client in made:
            client.close()
        if bulk is not None:
            bulk.close()

    def _client(self, service: ServiceName, region: str, *, attempts: int = 0) -> Any:
        attempts = attempts or ATTEMPTS
        with self._lock:
            client = self._made.get((service, region, attempts))
            if client is None:
                with translated(Call(service=service, operation="", endpoint=self._endpoint(service)), self.settings):
                    client = self._make(service, region, attempts=attempts)
                self._made[service, region, attempts] = client
            return client

    def _endpoint(self, service: ServiceName) -> str:
        return self.connection.mturk_endpoint if service == "mturk" else self.connection.aws_endpoint

    def _make(self, service: ServiceName, region: str, *, attempts: int, as_written: bool = False) -> Any:
        from botocore.config import Config

        from notification_tester.aws.calling import Calling

        connection = self.connection
        if self._session is None:
            self._session = self._make_session()
        patience: dict[str, Any] = {
            "connect_timeout": CONNECT_SECONDS,
            "read_timeout": READ_SECONDS,
            "retries": {"mode": "standard", "total_max_attempts": 1},  # Calling decides about trying again
            "max_pool_connections": 32,
            "user_agent_extra": "mturk-notification-tester",
            # A proxy must not be asked for this very computer.
            "proxies": {} if connection.is_local else None,
        }
        client = self._session.client(
            cast("Any", service),
            endpoint_url=self._endpoint(service) or None,
            config=Config(**patience),
            region_name=region,
        )
        refuse_socks(Call(service=service, operation="", endpoint=client.meta.endpoint_url), self.settings)
        Calling(client, attempts=attempts, seconds=CALL_SECONDS, as_written=as_written)
        return client

    def _make_session(self) -> boto3.Session:
        """Make a session of these keys."""
        import boto3
        from botocore.config import Config

        from notification_tester.aws.credential_chain import CredentialChain, SignInSession

        connection, keys = self.connection, self.connection.credentials
        bare = SignInSession(SIGN_IN_SERVICES, seconds=CALL_SECONDS) if keys is None else _session_of_typed_keys()
        self.settings.session = bare
        if not connection.from_environment:
            # Of the session and not of a client: the role of a profile is asked for by a client of botocore's own.
            bare.set_config_variable("ignore_configured_endpoint_urls", True)
        if keys is not None:
            return boto3.Session(
                botocore_session=bare,
                aws_access_key_id=keys.access_key_id,
                aws_secret_access_key=keys.secret_access_key,
                aws_session_token=keys.session_token or None,
                region_name=REGION,
            )
        by_itself: dict[str, Any] = {  # for the calls that botocore makes to get keys
            "connect_timeout": CONNECT_SECONDS,
            "read_timeout": READ_SECONDS,
            "retries": {"mode": "standard", "total_max_attempts": SIGN_IN_ATTEMPTS},
        }
        bare.set_default_client_config(Config(**by_itself))
        bare.register_component("credential_provider", CredentialChain(bare, self.settings, self._ask_code))
        for service in SIGN_IN_SERVICES:
            bare.register(f"provide-client-params.{service}", self._know_secrets)
            bare.register(f"after-call.{service}", self._know_secrets)
        return boto3.Session(botocore_session=bare, profile_name=connection.profile or None, region_name=REGION)

    def _know_secrets(self, params: Any = None, parsed: Any = None, **_: Any) -> None:
        """Remember the keys and tokens that come and go in a call by which keys are got."""
        self.settings.secrets.add(*_secret_members([params, parsed]))


class _Once(Clients):
    """Clients with one attempt a call, made and closed by those that they stand beside."""

    def __init__(self, connection: Connection, settings: Settings, client: Callable[[ServiceName, str], Any]) -> None:
        self.connection = connection
        self.settings = settings
        self.once = self
        self._made_beside = client

    def close(self) -> None:
        """Whoever made them closes them."""

    def _client(self, service: ServiceName, region: str, *, attempts: int = 1) -> Any:
        del attempts
        return self._made_beside(service, region)


def _session_of_typed_keys() -> botocore.session.Session:
    """A session in which keys that a person typed are used alone.

    A broken configuration file or AWS_PROFILE must not get in their way.
    """
    import botocore.session

    return botocore.session.Session(
        session_vars={
            "profile": (None, None, None, None),
            "config_file": (None, None, os.devnull, None),
            "credentials_file": (None, None, os.devnull, None),
        }
    )


def _secret_members(value: Any) -> Iterator[str]:
    """The secrets in the request or answer of a sign-in service, by the names of their members."""
    if isinstance(value, dict):
        for name, member in value.items():
            if isinstance(member, str) and name.lower() in _SECRET_MEMBERS:
                yield member
            else:
                yield from _secret_members(member)
    elif isinstance(value, list):
        for member in value:
            yield from _secret_members(member)


@dataclass(frozen=True, kw_only=True)
class ConfiguredEndpoint:
    """The address that boto3's own settings give for a service, and where it stands, as the subject of a sentence."""

    address: str
    set_by: str


def configured_endpoint(service: ServiceName) -> ConfiguredEndpoint | None:
    """Find the address that boto3's own chain would take in place of Amazon's; None where it takes Amazon's.

    The order, and that an empty value is none, are botocore's (``ConfiguredEndpointProvider``), and so is the setting
    that switches all of them off. Raises ProblemError where the configuration cannot be read.
    """
    import botocore.session

    with translated(Call(service=service, operation="", endpoint="")):
        session = botocore.session.get_session()
        if session.get_config_variable("ignore_configured_endpoint_urls"):
            return None
        if (variable := endpoint_variable(service)) is not None:
            return ConfiguredEndpoint(address=variable.value, set_by=f"The variable {variable.name}")
        profile = session.get_scoped_config()
        named = str(profile.get("services", ""))
        of_service = session.full_config.get("services", {}).get(named, {}).get(service)
        name = session.get_config_variable("profile") or "default"
        for settings, set_by in (
            (of_service, f"The section “services {named}” of the AWS configuration"),
            (profile, f"The “endpoint_url” of the profile “{name}” in the AWS configuration"),
        ):
            if isinstance(settings, dict) and (address := settings.get("endpoint_url")):
                return ConfiguredEndpoint(address=str(address), set_by=set_by)
        return None


def profile_names() -> tuple[str, ...]:
    """The names of the AWS profiles of this computer. Raises ProblemError where the files cannot be read."""
    import botocore.session
    from botocore.exceptions import ProfileNotFound

    settings = Settings()
    with translated(Call(service="", operation="", endpoint=""), settings):
        names = tuple(sorted(botocore.session.Session(profile=None).available_profiles))
        if not names and settings.what_is_wrong_with_files():
            raise ProfileNotFound(profile="any")
        return names
