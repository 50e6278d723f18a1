"""What one person, or the Office for all its staff, keeps: counted and compared one at a time."""

from .models import Organisation, Person


def keep(person, *, shared: bool) -> None:
    """Let nobody else keep something of `person`, or of the Office, until this transaction ends.

    What is counted or looked for afterwards is still so when it is written.
    """
    office = Organisation.objects.filter(kind=Organisation.Kind.GROUP_OFFICE)
    rows = office if shared else Person.objects.filter(pk=person.pk)
    list(rows.order_by("pk").select_for_update(no_key=True).values_list("pk"))
