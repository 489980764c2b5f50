"""A visitor's health card at a turnstile: from the reader's serial line to the relay."""

from __future__ import annotations

from host_tools import yaml_file
from host_tools.bundles import build
from host_tools.bundles.site import read_site
from host_tools.codes import shc
from host_tools.keys.private import generate
from host_tools.names import ES256
from host_tools.simulator.gate import NOON
from host_tools.times import DAY, day_text

from .conftest import MakeTurnstile

URL = "https://cards.example.org/issuer"
SITE = f"""
site: Museum
version: 1
issued: 1 hour ago
trust:
  issuers:
    - {{key: national, name: National platform}}
    - {{key: state, name: State, for: [US-CA], formats: [SHC], iss: {URL}}}
policy:
  ways:
    - {{name: vaccinated, vaccination: {{complete: yes, from: [US, CN]}}}}
    - {{name: tested, formats: [SHC], test: {{max_age: 24 hours, kinds: [naat]}}}}
lane:
  replay: 60 seconds
"""
KEYS = {"national": generate(ES256), "state": generate(ES256)}


def days_ago(count: int) -> str:
    return day_text(NOON // DAY - count)


def card(*resources: shc.Resource, url: str = URL) -> str:
    told = [shc.patient(), *resources]
    return shc.issue(KEYS["state"], shc.payload(url, NOON - DAY + 0.25, told))


def test_visitors_with_health_cards(turnstile_of: MakeTurnstile) -> None:
    site = read_site(yaml_file.parse(SITE.encode(), "site"), NOON, lambda name: KEYS[name].public)
    operator = generate(ES256)
    turnstile = turnstile_of(
        bundle=build.build(site, [operator]), root=build.root([operator.public], 1)
    )
    doses = [shc.immunization("208", days_ago(200)), shc.immunization("208", days_ago(170))]
    vaccinated = card(*doses)
    shown = turnstile.present(vaccinated)
    assert shown.reason is None
    assert turnstile.present(vaccinated).reason == "replayed"
    assert turnstile.present(card(doses[0])).reason == "vaccination_incomplete"
    negative = shc.observation("94500-6", "260415000", days_ago(0) + "T03:00:00Z")
    assert turnstile.present(card(negative)).reason is None
    positive = shc.observation("94500-6", "260373001", days_ago(0) + "T03:00:00Z")
    assert turnstile.present(card(positive)).reason == "test_positive"
    assert turnstile.present(card(*doses, url=URL + "/x")).reason == "issuer_mismatch"
    assert turnstile.present("shc:/1/2/" + vaccinated[5:]).reason == "code_in_parts"
    assert turnstile.present(vaccinated[:-2]).reason in ("signature_invalid", "jws_invalid")
