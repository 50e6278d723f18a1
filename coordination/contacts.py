"""Where somebody is reached: their e-mail address and office telephone."""

from .models import Person


def reach(person: Person, *, email: str, phone: str) -> bool:
    """Keep where `person` is reached; returns whether anything changed, to be audited then."""
    if (person.email, person.phone) == (email, phone):
        return False
    person.email, person.phone = email, phone
    person.save(update_fields=["email", "phone"])
    return True
