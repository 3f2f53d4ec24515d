"""The shipped policy for firms with fewer channels, for tests of what does not depend on them."""

from dispatcher.home import Home


#: The first reminder as it ships, and as a call where there is no e-mail address.
SHIPPED = "contact: email else sms else letter, template: courteous-reminder, tone: courteous"
NARROW = "contact: email else call, template: courteous-reminder, tone: courteous"
DUE_IN = "due_in: 2 business days"


def narrowed(home: Home, *, reminder: str = f"{NARROW}, {DUE_IN}") -> Home:
    """The home, whose first reminder to firms is this contact; by e-mail, else by a call."""
    path = home.rules / "b2b-standard.yaml"
    text = path.read_text("utf-8")
    assert text.count(SHIPPED) == 1
    path.write_text(text.replace(SHIPPED, reminder), encoding="utf-8")
    return home
