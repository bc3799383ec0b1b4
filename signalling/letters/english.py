"""English."""

from signalling.letters.words import CalendarWords, Words

_WHEN = "When: {when}"
_KEEP = "Keep this message; the link works as often as needed, also if the time changes."
_BOOKMARK = "You can also bookmark this address. It always leads to your next appointment:\n{address}"
_BEFORE = (
    "You need no account and nothing has to be installed. You can open the link before the appointment, too, "
    "and see whether your camera and microphone work."
)
_CODE = (
    "It is valid for 10 minutes. Type it in on the page where you asked for it, and nowhere else. "
    "Nobody will ever ask you for it."
)
_NOTHING = "If you did not ask for this, you need do nothing."
_HELP = "If you need help, call:\n{phone}"
_AUTOMATIC = "This message was sent automatically; nobody reads replies to it."

ENGLISH = Words(
    subjects={
        "issued": "Your appointment",
        "current": "Your link",
        "reminder": "Reminder: your appointment",
        "code": "Your code",
        "moved": "Your appointment has a new time",
        "cancelled": "Your appointment was cancelled",
    },
    letters={
        "issued": (
            "Hello,",
            "your video appointment is arranged.",
            _WHEN,
            "To join, open this link on a phone or computer with a camera:\n{link}",
            _BEFORE,
            _KEEP,
            "The link is for you alone. Please do not pass it on.",
            _BOOKMARK,
            _HELP,
            _AUTOMATIC,
        ),
        "current": (
            "Hello,",
            "here is the link to your appointment that you asked for:\n{link}",
            _WHEN,
            _KEEP,
            _NOTHING,
            _BOOKMARK,
            _HELP,
            _AUTOMATIC,
        ),
        "reminder": (
            "Hello,",
            "this is a reminder of your video appointment.",
            _WHEN,
            "To join, open this link:\n{link}",
            "If you cannot come or need help, call:\n{phone}",
            _AUTOMATIC,
        ),
        "code": (
            "Hello,",
            "this is the code that you asked for:\n{code}",
            _CODE,
            _NOTHING,
            _AUTOMATIC,
        ),
        "moved": (
            "Hello,",
            "your video appointment has a new time.",
            _WHEN,
            "Your link stays the same:\n{link}",
            "If the new time does not suit you, call:\n{phone}",
            _AUTOMATIC,
        ),
        "cancelled": (
            "Hello,",
            "your video appointment was cancelled.",
            "It was arranged for: {when}",
            "Reason: {reason}",
            "For a new appointment, or if you have questions, call:\n{phone}",
            _AUTOMATIC,
        ),
    },
    calendar=CalendarWords(
        summary="Video appointment",
        with_link="Open this link at the time of your appointment. It works in the browser:\n{link}",
        without_link="There is no link for this appointment at the moment. Please call the clinic.",
        phone="If you need help, call: {phone}",
    ),
    weekdays=("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
    months=(
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ),
    when="{weekday} {day} {month} {year}, {time} ({zone})",
    zone="{city} time",
    cities={},
)
