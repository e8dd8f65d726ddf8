"""What the agent says in German, to callers it calls Sie."""

from __future__ import annotations

from opusagent_voiceprint.consent.script import ConsentScript

__all__ = ["WORDING_VERSION", "script"]

WORDING_VERSION = "3"


def script(organization: str, kept: str) -> ConsentScript:
    """The German script, about a voiceprint that is deleted after ``kept`` ("ein Jahr")."""
    may = f"Darf {organization}" if organization else "Dürfen wir"
    return ConsentScript(
        version=WORDING_VERSION,
        covers_later_calls=True,
        language="de",
        question=(
            f"{may} Stimmprofile Ihrer Anrufe speichern, biometrische Daten ohne Aufnahme, um Sie zu "
            f"erkennen, bis Sie {kept} nicht anrufen oder 'Stimme löschen' sagen? Freiwillig und ohne "
            "Nachteil. Ja oder nein?"
        ),
        explanation=(
            "Ein Stimmprofil ist eine Reihe von Zahlen, die aus dem Klang Ihrer Stimme berechnet wird, in "
            "diesem Gespräch und in einigen der nächsten, damit ich Sie auch an anderen Telefonen erkenne. "
            "Das sind biometrische Daten, und sie dienen nur dazu, Sie bei weiteren Anrufen wiederzuerkennen "
            "und zu begrüßen. Es ist keine Aufnahme, Ihre Worte sind nicht darin, und es beweist nicht, wer "
            "Sie sind. Das ist freiwillig: Wenn Sie Nein sagen, ändert sich sonst nichts. Es wird gelöscht, "
            f"wenn Sie {kept} nicht anrufen oder 'Stimme löschen' sagen. {may} Stimmprofile von Ihnen "
            "speichern? Ja oder nein?"
        ),
        reprompt=(
            f"Entschuldigung, dafür brauche ich eine klare Antwort. {may} Stimmprofile Ihrer Anrufe "
            "speichern, um Sie zu erkennen? Bitte sagen Sie Ja oder Nein."
        ),
        ask_name="Vielen Dank. Mit welchem Namen darf ich Sie ansprechen?",
        ask_name_again="Entschuldigung, den Namen habe ich nicht verstanden. Wie darf ich Sie nennen?",
        keep_talking="Vielen Dank. Bitte sagen Sie mir in ein, zwei Sätzen, worum es geht.",
        poor_line=(
            "Vielen Dank. Die Verbindung ist bisher schlecht. Bitte sagen Sie mir in ein, zwei Sätzen, worum "
            "es geht."
        ),
        enrolled_named="Vielen Dank, {name}. Nächstes Mal erkenne ich Ihre Stimme.",
        enrolled_unnamed="Vielen Dank. Nächstes Mal erkenne ich Ihre Stimme.",
        ask_memory=(
            f"{may} auch kurze Notizen über Ihre Anliegen aufbewahren, damit Sie nichts wiederholen müssen, "
            f"bis Sie {kept} nicht anrufen oder 'Vergessen Sie mich' sagen? Freiwillig und ohne Nachteil. Ja "
            "oder nein?"
        ),
        memory_reprompt=(
            f"Entschuldigung, {may[0].lower()}{may[1:]} kurze Notizen über Ihre Anliegen aufbewahren, bis "
            "Sie 'Vergessen Sie mich' sagen? Bitte sagen Sie Ja oder Nein."
        ),
        memory_granted=(
            "Vielen Dank, ich notiere mir, worüber wir sprechen. Wie kann ich Ihnen weiterhelfen?"
        ),
        memory_declined="In Ordnung, ich mache keine Notizen. Wie kann ich Ihnen weiterhelfen?",
        memory_failed=(
            "Das hat leider nicht funktioniert, ich mache also keine Notizen. Wie kann ich Ihnen "
            "weiterhelfen?"
        ),
        declined="In Ordnung, ich speichere kein Stimmprofil. Sonst ändert sich nichts.",
        never_again="In Ordnung, ich speichere kein Stimmprofil und frage Sie nicht wieder.",
        recognition_question=(
            f"{may} Sie in diesem Gespräch an der Stimme erkennen? Freiwillig, und es wird kein neues "
            "Stimmprofil gespeichert. Ja oder nein?"
        ),
        recognition_explanation=(
            "Aus dem Klang Ihrer Stimme würde eine Reihe von Zahlen berechnet, das sind biometrische Daten, "
            "und mit den Stimmprofilen derer verglichen, die zugestimmt haben, erkannt zu werden. Ist Ihres "
            "darunter, kann ich Sie begrüßen. Die Zahlen werden spätestens am Ende dieses Gesprächs "
            "gelöscht, und es wird kein Stimmprofil angelegt oder geändert. Es ist keine Aufnahme, und "
            "es beweist nicht, wer Sie sind. Das ist freiwillig: Wenn Sie Nein sagen, ändert sich sonst "
            f"nichts. {may} Sie in diesem Gespräch an der Stimme erkennen? Ja oder nein?"
        ),
        recognition_reprompt=(
            f"Entschuldigung, dafür brauche ich eine klare Antwort. {may} Sie in diesem Gespräch an der "
            "Stimme erkennen? Bitte sagen Sie Ja oder Nein."
        ),
        recognition_granted="Vielen Dank. Bitte sprechen Sie weiter.",
        recognition_declined="In Ordnung, ich erkenne Sie nicht an der Stimme. Sonst ändert sich nichts.",
        recognition_never_again=(
            "In Ordnung, ich erkenne Sie nicht an der Stimme und frage Sie nicht wieder."
        ),
        withdrawn="Erledigt. Ihr Stimmprofil und alles, was zu Ihnen gespeichert war, ist gelöscht.",
        withdrawn_in_part=(
            "Ihr Stimmprofil und alles, was damit gespeichert war, ist gelöscht. Unter dieser Nummer gibt es "
            "einen älteren Eintrag, den ich nicht mit Ihrer Stimme vergleichen kann; ich habe ihn zur "
            "Prüfung vorgemerkt."
        ),
        withdrawal_noted=(
            "Ich erkenne Ihre Stimme bisher nicht. Wenn ich sie in diesem Gespräch erkenne, wird alles zu "
            "Ihnen sofort gelöscht. Ihre Stimme wird nicht gespeichert."
        ),
        withdrawal_pending=(
            "Ich erkenne Sie ab sofort nicht mehr. Das Löschen hat gerade nicht geklappt und wird wiederholt."
        ),
        withdrawal_suspended=(
            "Ich erkenne Ihre Stimme bisher nicht. Unter dieser Nummer wird ab sofort niemand mehr erkannt, "
            "und Ihr Wunsch ist zur Prüfung vorgemerkt. Wenn ich Sie in diesem Gespräch erkenne, wird alles "
            "zu Ihnen sofort gelöscht."
        ),
        withdrawal_suspended_unheard=(
            "Unter dieser Nummer wird ab sofort niemand mehr erkannt, und Ihr Wunsch ist vorgemerkt: Jemand "
            "kümmert sich darum, dass gelöscht wird, was zu Ihnen gespeichert ist."
        ),
        withdrawal_noted_unheard=(
            "In diesem Gespräch erkenne ich niemanden an der Stimme und kann daher nicht sagen, was zu Ihnen "
            "gespeichert ist. Bitte sagen Sie es noch einmal, wenn Sie von Ihrer üblichen Nummer anrufen: "
            "Dann wird Ihr Wunsch vorgemerkt."
        ),
        failed="Das hat leider nicht funktioniert, und es wurde nichts gespeichert. Machen wir weiter.",
        two_voices=(
            "Ich habe leider mehr als eine Stimme gehört und deshalb nichts gespeichert. Machen wir weiter."
        ),
        agents_voice=(
            "Ich habe leider vor allem meine eigene Stimme gehört und deshalb nichts gespeichert. Machen wir "
            "weiter."
        ),
        third_party=(
            "Das darf ich jede und jeden nur für die eigene Stimme fragen, ich speichere also nichts. Machen "
            "wir weiter."
        ),
        minor="Das frage ich nur Erwachsene, ich speichere also nichts. Machen wir weiter.",
    )
