"""What the agent says in English."""

from __future__ import annotations

from opusagent_voiceprint.consent.script import ConsentScript

__all__ = ["WORDING_VERSION", "script"]

WORDING_VERSION = "4"


def script(organization: str, kept: str) -> ConsentScript:
    """The English script, about a voiceprint that is deleted after ``kept`` ("a year")."""
    who = organization or "we"
    return ConsentScript(
        version=WORDING_VERSION,
        covers_later_calls=True,
        language="en",
        question=(
            f"May {who} keep voiceprints from your calls, biometric data without audio, to recognise you "
            f"until you say 'delete me' or don't call for {kept}? It's optional and changes nothing else. "
            "Yes or no?"
        ),
        explanation=(
            "A voiceprint is a row of numbers worked out from how you sound, on this call and on some of the "
            "next, so that I know you on other phones too. It is biometric data, and it is used for one "
            "thing: to recognise you when you call again, and to greet you. It is not a recording, your "
            "words are not in it, and it proves nothing about who you are. It is optional: if you say no, "
            f"nothing else changes. It is deleted after {kept} without calls, or whenever you say "
            f"'delete me'. May {who} keep voiceprints of you? Yes or no?"
        ),
        reprompt=(
            f"Sorry, for this I need a clear answer. May {who} keep voiceprints from your calls to recognise "
            "you? Please say yes or no."
        ),
        ask_name="Thank you. What name should I use for you?",
        ask_name_again="Sorry, I didn't catch the name. What should I call you?",
        keep_talking="Thank you. Please tell me in a sentence or two what you are calling about.",
        poor_line="Thank you. The line is poor so far. Please tell me in a sentence or two what it is about.",
        enrolled_named="Thank you, {name}. I will know your voice next time.",
        enrolled_unnamed="Thank you. I will know your voice next time.",
        ask_memory=(
            f"May {who} also keep short notes of why you call, so you needn't repeat it, until you say "
            f"'forget me' or don't call for {kept}? It's optional and changes nothing else. Yes or no?"
        ),
        memory_reprompt=(
            f"Sorry, may {who} keep short notes of why you call, until you say 'forget me'? "
            "Please say yes or no."
        ),
        memory_granted="Thank you, I will keep notes of what we talk about. How can I help you?",
        memory_declined="All right, I will not keep notes. How can I help you?",
        memory_failed="I'm sorry, that did not work, so I will not keep notes. How can I help you?",
        declined="All right, I will not keep your voiceprint. Nothing else changes.",
        never_again="All right, I will not keep your voiceprint, and I will not ask you again.",
        recognition_question=(
            f"May {who} recognise you by your voice on this call? It's optional, and no new "
            "voiceprint is kept. Yes or no?"
        ),
        recognition_explanation=(
            "I would work out a row of numbers from how you sound, which is biometric data, and compare it "
            "with the voiceprints of people who agreed to be recognised. If yours is among them, I can greet "
            "you. The numbers are dropped when this call ends at the latest, and no voiceprint is made or "
            "changed. It is not a recording, and it proves nothing about who you are. It is optional: if you "
            f"say no, nothing else changes. May {who} recognise you by your voice on this call? Yes "
            "or no?"
        ),
        recognition_reprompt=(
            f"Sorry, for this I need a clear answer. May {who} recognise you by your voice on this "
            "call? Please say yes or no."
        ),
        recognition_granted="Thank you. Please go on.",
        recognition_declined="All right, I will not recognise you by your voice. Nothing else changes.",
        recognition_never_again=(
            "All right, I will not recognise you by your voice, and I will not ask you again."
        ),
        withdrawn="Done. Your voiceprint and everything kept about you are deleted.",
        withdrawn_in_part=(
            "Your voiceprint and everything kept with it are deleted. There is an older record under this "
            "number that I cannot compare with your voice; I have noted it for review."
        ),
        withdrawal_noted=(
            "I don't recognise your voice so far. If I do on this call, everything kept about you is deleted "
            "at once. Your voice is not kept."
        ),
        withdrawal_pending=(
            "I have stopped recognising you. The deletion did not go through just now, and will be tried "
            "again."
        ),
        withdrawal_suspended=(
            "I don't recognise your voice so far. I have stopped recognising anybody from this number, and "
            "your request is noted for review. If I recognise you on this call, everything kept about you is "
            "deleted at once."
        ),
        withdrawal_suspended_unheard=(
            "I have stopped recognising anybody from this number, and your request is noted: somebody will "
            "see to it that what is kept about you is deleted."
        ),
        withdrawal_noted_unheard=(
            "I don't recognise anybody by voice on this call, so I can't tell what is kept about you. Please "
            "say it again when you call from your usual number: then your request is noted."
        ),
        failed="I'm sorry, that did not work, and nothing was kept. Let's go on.",
        two_voices="I'm sorry, I heard more than one voice, so nothing was kept. Let's go on.",
        agents_voice="I'm sorry, I heard mostly my own voice on the line, so nothing was kept. Let's go on.",
        third_party="I can only ask people for their own voice, so I will keep nothing. Let's go on.",
        minor="I only ask adults about this, so I will keep nothing. Let's go on.",
    )
