"""German."""

from signalling.letters.words import CalendarWords, Words

_WHEN = "Wann: {when}"
_KEEP = (
    "Bewahren Sie diese Nachricht auf; der Link gilt, so oft Sie ihn brauchen, auch wenn sich die Zeit "
    "ändert."
)
_BOOKMARK = (
    "Sie können auch diese Adresse als Lesezeichen speichern. Sie führt immer zu Ihrem nächsten Termin:\n"
    "{address}"
)
_BEFORE = (
    "Sie brauchen kein Konto und müssen nichts installieren. Sie können den Link auch vor dem Termin öffnen "
    "und ausprobieren, ob Kamera und Mikrofon funktionieren."
)
_CODE = (
    "Er gilt 10 Minuten. Geben Sie ihn auf der Seite ein, auf der Sie darum gebeten haben, und nirgends "
    "sonst. Niemand wird Sie je danach fragen."
)
_HELP = "Wenn Sie Hilfe brauchen, rufen Sie an:\n{phone}"
_NOTHING = "Wenn Sie nicht darum gebeten haben, müssen Sie nichts tun."
_AUTOMATIC = "Diese Nachricht wurde automatisch verschickt; Antworten darauf liest niemand."

GERMAN = Words(
    subjects={
        "issued": "Ihr Termin",
        "current": "Ihr Link",
        "reminder": "Erinnerung: Ihr Termin",
        "code": "Ihr Code",
        "moved": "Ihr Termin hat eine neue Zeit",
        "cancelled": "Ihr Termin wurde abgesagt",
    },
    letters={
        "issued": (
            "Guten Tag,",
            "Ihr Videotermin ist vereinbart.",
            _WHEN,
            "Um teilzunehmen, öffnen Sie diesen Link auf einem Telefon oder Computer mit Kamera:\n{link}",
            _BEFORE,
            _KEEP,
            "Der Link ist nur für Sie. Bitte geben Sie ihn nicht weiter.",
            _BOOKMARK,
            _HELP,
            _AUTOMATIC,
        ),
        "current": (
            "Guten Tag,",
            "hier ist der Link zu Ihrem Termin, um den Sie gebeten haben:\n{link}",
            _WHEN,
            _KEEP,
            _NOTHING,
            _BOOKMARK,
            _HELP,
            _AUTOMATIC,
        ),
        "reminder": (
            "Guten Tag,",
            "wir erinnern Sie an Ihren Videotermin.",
            _WHEN,
            "Um teilzunehmen, öffnen Sie diesen Link:\n{link}",
            "Wenn Sie nicht kommen können oder Hilfe brauchen, rufen Sie an:\n{phone}",
            _AUTOMATIC,
        ),
        "code": (
            "Guten Tag,",
            "hier ist der Code, um den Sie gebeten haben:\n{code}",
            _CODE,
            _NOTHING,
            _AUTOMATIC,
        ),
        "moved": (
            "Guten Tag,",
            "Ihr Videotermin hat eine neue Zeit.",
            _WHEN,
            "Ihr Link bleibt derselbe:\n{link}",
            "Wenn Ihnen die neue Zeit nicht passt, rufen Sie an:\n{phone}",
            _AUTOMATIC,
        ),
        "cancelled": (
            "Guten Tag,",
            "Ihr Videotermin wurde abgesagt.",
            "Er war vereinbart für: {when}",
            "Grund: {reason}",
            "Für einen neuen Termin oder bei Fragen rufen Sie an:\n{phone}",
            _AUTOMATIC,
        ),
    },
    calendar=CalendarWords(
        summary="Videotermin",
        with_link="Öffnen Sie zur Zeit Ihres Termins diesen Link. Er funktioniert im Browser:\n{link}",
        without_link="Zu diesem Termin gibt es im Moment keinen Link. Bitte rufen Sie die Praxis an.",
        phone="Wenn Sie Hilfe brauchen, rufen Sie an: {phone}",
    ),
    weekdays=("Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag", "Samstag", "Sonntag"),
    months=(
        "Januar",
        "Februar",
        "März",
        "April",
        "Mai",
        "Juni",
        "Juli",
        "August",
        "September",
        "Oktober",
        "November",
        "Dezember",
    ),
    when="{weekday}, {day}. {month} {year}, {time} Uhr ({zone})",
    zone="Zeit in {city}",
    cities={
        "Athens": "Athen",
        "Brussels": "Brüssel",
        "Bucharest": "Bukarest",
        "Busingen": "Büsingen",
        "Cairo": "Kairo",
        "Copenhagen": "Kopenhagen",
        "Kiev": "Kiew",
        "Kyiv": "Kiew",
        "Lisbon": "Lissabon",
        "Luxembourg": "Luxemburg",
        "Moscow": "Moskau",
        "Prague": "Prag",
        "Rome": "Rom",
        "Singapore": "Singapur",
        "Tokyo": "Tokio",
        "Vienna": "Wien",
        "Warsaw": "Warschau",
        "Zurich": "Zürich",
    },
)
