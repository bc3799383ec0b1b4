"""Which clinic an appointment of a shared database falls to: a rule, or an error that names them (B5)."""

import pytest
from msgspec.structs import replace

from rooms.booking.clinics import Fit, called, choose, rivals
from rooms.credentials import Database
from rooms.errors import Contradiction, Invalid
from rooms.ids import ClinicId
from rooms.records import Clinic
from tests.support.builders import a_clinic, a_practitioner, another_practitioner

LEE, KIM = a_practitioner(), another_practitioner()
HARBOUR = replace(a_clinic(), external_ids=("site-1",))
HILL = replace(a_clinic(), id=ClinicId("hill"), external_ids=("site-2",))
IN_ORDER = Database(id="pms", clinics=(HILL.id, HARBOUR.id))
NO_RULE = replace(IN_ORDER, in_order=False)
BOTH = [Fit(HILL, LEE), Fit(HARBOUR, LEE)]


def chosen(database: Database, fits: list[Fit], location: str | None = None) -> Clinic:
    return choose(database, fits, location)[0]


def test_its_location_says_which() -> None:
    assert chosen(NO_RULE, BOTH, "site-1") == HARBOUR
    assert chosen(IN_ORDER, BOTH, "site-1") == HARBOUR


def test_the_only_one_there_is() -> None:
    assert chosen(NO_RULE, [Fit(HILL, None), Fit(HARBOUR, LEE)]) == HARBOUR


def test_else_the_order_in_which_they_are_listed() -> None:
    assert chosen(IN_ORDER, BOTH) == HILL


@pytest.mark.parametrize("home", [None, HILL.id])
@pytest.mark.parametrize("database", [IN_ORDER, NO_RULE])
def test_a_location_that_no_clinic_has_is_nobodys(database: Database, home: ClinicId | None) -> None:
    """Also one of a clinic that is not of this database, and where the practitioner is in one clinic only."""
    for fits in (BOTH, [Fit(HILL, LEE)], [Fit(HILL, LEE), Fit(HARBOUR, None)]):
        with pytest.raises(Invalid) as unknown:
            choose(database, fits, "an unknown site", home)
        assert (unknown.value.code, unknown.value.field) == ("reference_unknown", "external_location")
        assert rivals(database, fits, "an unknown site", HILL) == ()


def test_by_which_rule_it_was() -> None:
    assert choose(NO_RULE, BOTH, "site-1")[2] == "location"
    assert choose(IN_ORDER, BOTH, "site-1", HARBOUR.id)[2] == "location"
    assert choose(NO_RULE, [Fit(HILL, None), Fit(HARBOUR, LEE)], None)[2] == "only_clinic"
    assert choose(IN_ORDER, BOTH, None)[2] == "first_in_order"
    assert choose(IN_ORDER, BOTH, None, HILL.id)[2] == "first_in_order"
    assert choose(IN_ORDER, BOTH, None, HARBOUR.id)[2] == "already_there"
    assert choose(NO_RULE, BOTH, None, HILL.id)[2] == "already_there"


def test_without_a_rule_the_error_names_them() -> None:
    with pytest.raises(Contradiction) as unsettled:
        choose(NO_RULE, BOTH, None)
    assert (unsettled.value.code, unsettled.value.facts) == (
        "ambiguous_clinic",
        {"clinics": ["hill", "harbour"]},
    )
    assert "hill, harbour" in unsettled.value.message


@pytest.mark.parametrize("location", [None, "site-2"])
def test_nobody_is_called_so_there(location: str | None) -> None:
    fits = [Fit(HILL, None), Fit(HARBOUR, LEE if location else None)]
    with pytest.raises(Invalid) as unknown:
        choose(IN_ORDER, fits, location)
    assert (unknown.value.code, unknown.value.field) == ("reference_unknown", "external_practitioner")


def test_the_rivals_of_one_that_is_settled_are_none() -> None:
    assert rivals(IN_ORDER, BOTH, None, HARBOUR) == ()
    assert rivals(NO_RULE, BOTH, "site-1", HARBOUR) == ()
    assert rivals(NO_RULE, [Fit(HILL, None), Fit(HARBOUR, None)], None, HARBOUR) == ()
    assert rivals(NO_RULE, BOTH, None, HARBOUR) == ("hill",)


def test_of_two_that_are_called_the_same_the_first_by_id() -> None:
    both = [replace(LEE, external_ids=("7",)), replace(KIM, external_ids=("6", "7"))]
    found = called(both, "7")
    assert found is not None
    assert found.id == "dr-kim"
    assert called(both, "8") is None


def test_a_location_of_two_clinics_leaves_those_two() -> None:
    park = replace(HILL, id=ClinicId("park"))
    fits = [Fit(HARBOUR, LEE), Fit(HILL, LEE), Fit(park, LEE)]
    assert chosen(IN_ORDER, fits, "site-2") == HILL
    with pytest.raises(Contradiction) as unsettled:
        choose(NO_RULE, fits, "site-2")
    assert unsettled.value.facts == {"clinics": ["hill", "park"]}
    assert rivals(NO_RULE, fits, "site-2", HILL) == ("park",)


def test_one_that_a_clinic_has_stays_there_as_long_as_it_fits() -> None:
    for database in (IN_ORDER, NO_RULE):
        assert choose(database, BOTH, None, HARBOUR.id)[0] == HARBOUR
        assert choose(database, BOTH, "site-2", HARBOUR.id)[0] == HILL
    assert choose(IN_ORDER, BOTH, None, ClinicId("park"))[0] == HILL


def test_the_first_is_so_by_id_and_not_by_name() -> None:
    zoe = replace(LEE, id="a", name="Zoe", external_ids=("7",))
    found = called([replace(KIM, name="Ann", external_ids=("7",)), zoe], "7")
    assert found == zoe
