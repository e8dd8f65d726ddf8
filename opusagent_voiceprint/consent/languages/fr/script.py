"""What the agent says in French."""

from __future__ import annotations

import re

from opusagent_voiceprint.consent.patterns import without_accents
from opusagent_voiceprint.consent.script import ConsentScript

__all__ = ["WORDING_VERSION", "script"]

WORDING_VERSION = "3"


def script(organization: str, kept: str) -> ConsentScript:
    """The French script, about a voiceprint that is deleted after ``kept`` ("un an")."""
    who = f"{_that(organization)} garde" if organization else "que nous gardions"
    recognises = f"{_that(organization)} vous reconnaisse" if organization else "que nous vous reconnaissions"
    return ConsentScript(
        version=WORDING_VERSION,
        covers_later_calls=True,
        language="fr",
        question=(
            f"Acceptez-vous {who} l'empreinte vocale de vos appels, donnée biométrique sans enregistrement, "
            f"pour vous reconnaître jusqu'à {kept} sans appel ou jusqu'aux mots 'effacez-moi'? C'est "
            "facultatif et ne change rien d'autre. Oui ou non?"
        ),
        explanation=(
            "Une empreinte vocale est une suite de nombres calculée à partir du son de votre voix, pendant "
            "cet appel et certains des suivants, pour que je vous reconnaisse aussi sur d'autres "
            "téléphones. C'est une donnée biométrique, et elle ne sert qu'à une chose: vous reconnaître et "
            "vous saluer quand vous rappelez. Ce n'est pas un enregistrement, vos paroles n'y sont pas, et "
            "elle ne prouve pas qui vous êtes. C'est facultatif: si vous dites non, rien d'autre ne change. "
            f"Elle est effacée après {kept} sans appel, ou si vous dites 'effacez-moi'. Acceptez-vous {who} "
            "l'empreinte vocale de vos appels? Oui ou non?"
        ),
        reprompt=(
            f"Pardon, il me faut ici une réponse claire. Acceptez-vous {who} l'empreinte vocale de vos "
            "appels pour vous reconnaître? Répondez par oui ou non."
        ),
        ask_name="Merci. Comment dois-je vous appeler?",
        ask_name_again="Pardon, je n'ai pas compris le nom. Comment dois-je vous appeler?",
        keep_talking="Merci. Dites-moi en une ou deux phrases pourquoi vous appelez.",
        poor_line=(
            "Merci. La ligne est mauvaise pour l'instant. Dites-moi en une ou deux phrases pourquoi vous "
            "appelez."
        ),
        enrolled_named="Merci, {name}. Je reconnaîtrai votre voix la prochaine fois.",
        enrolled_unnamed="Merci. Je reconnaîtrai votre voix la prochaine fois.",
        ask_memory=(
            f"Acceptez-vous aussi {who} de courtes notes sur vos demandes, pour vous éviter de répéter, "
            f"jusqu'à {kept} sans appel ou jusqu'aux mots 'oubliez-moi'? C'est facultatif et ne change rien "
            "d'autre. Oui ou non?"
        ),
        memory_reprompt=(
            f"Pardon, acceptez-vous {who} de courtes notes sur vos demandes, sauf si vous dites "
            "'oubliez-moi'? Répondez par oui ou non."
        ),
        memory_granted="Merci, je prendrai des notes sur nos échanges. Comment puis-je vous aider?",
        memory_declined="Très bien, je ne prendrai pas de notes. Comment puis-je vous aider?",
        memory_failed=(
            "Désolé, cela n'a pas marché, je ne prendrai donc pas de notes. Comment puis-je vous aider?"
        ),
        declined="Très bien, je ne garde pas votre empreinte vocale. Rien d'autre ne change.",
        never_again="Très bien, je ne garde pas votre empreinte vocale et je ne vous le demanderai plus.",
        recognition_question=(
            f"Acceptez-vous {recognises} à la voix pendant cet appel? C'est facultatif, et "
            "aucune nouvelle empreinte n'est gardée. Oui ou non?"
        ),
        recognition_explanation=(
            "Une suite de nombres, donnée biométrique, serait calculée à partir du son de votre voix et "
            "comparée aux empreintes vocales des personnes qui ont accepté d'être reconnues. Si la vôtre en "
            "fait partie, je pourrai vous saluer. Ces nombres sont effacés au plus tard à la fin de cet "
            "appel, et aucune empreinte n'est créée ni modifiée. Ce n'est pas un enregistrement, et cela ne "
            "prouve pas qui vous êtes. C'est facultatif: si vous dites non, rien d'autre ne change. "
            f"Acceptez-vous {recognises} à la voix pendant cet appel? Oui ou non?"
        ),
        recognition_reprompt=(
            f"Pardon, il me faut ici une réponse claire. Acceptez-vous {recognises} à la voix "
            "pendant cet appel? Répondez par oui ou non."
        ),
        recognition_granted="Merci. Continuez, je vous prie.",
        recognition_declined="Très bien, je ne vous reconnais pas à la voix. Rien d'autre ne change.",
        recognition_never_again=(
            "Très bien, je ne vous reconnais pas à la voix et je ne vous le demanderai plus."
        ),
        withdrawn="C'est fait. Votre empreinte vocale et tout ce qui était gardé sur vous sont effacés.",
        withdrawn_in_part=(
            "Votre empreinte vocale et tout ce qui était gardé avec elle sont effacés. Il existe sous ce "
            "numéro une fiche plus ancienne que je ne peux pas comparer à votre voix; je l'ai signalée pour "
            "vérification."
        ),
        withdrawal_noted=(
            "Je ne reconnais pas votre voix pour l'instant. Si je la reconnais pendant cet appel, tout ce "
            "qui est gardé sur vous sera aussitôt effacé. Votre voix n'est pas gardée."
        ),
        withdrawal_pending=(
            "Je ne vous reconnais plus. L'effacement n'a pas abouti pour l'instant, et sera tenté de nouveau."
        ),
        withdrawal_suspended=(
            "Je ne reconnais pas votre voix pour l'instant. Je ne reconnais plus personne depuis ce numéro, "
            "et votre demande est signalée pour vérification. Si je vous reconnais pendant cet appel, tout "
            "ce qui est gardé sur vous sera aussitôt effacé."
        ),
        withdrawal_suspended_unheard=(
            "Je ne reconnais plus personne depuis ce numéro, et votre demande est signalée : quelqu'un "
            "veillera à ce que ce qui est gardé sur vous soit effacé."
        ),
        withdrawal_noted_unheard=(
            "Pendant cet appel, je ne reconnais personne à la voix, et je ne sais donc pas ce qui est gardé "
            "sur vous. Redites-le en appelant depuis votre numéro habituel : votre demande sera alors "
            "signalée."
        ),
        failed="Désolé, cela n'a pas marché, et rien n'a été gardé. Continuons.",
        two_voices="Désolé, j'ai entendu plus d'une voix, et rien n'a été gardé. Continuons.",
        agents_voice=(
            "Désolé, j'ai surtout entendu ma propre voix sur la ligne, et rien n'a été gardé. Continuons."
        ),
        third_party="Je ne peux demander à chacun que sa propre voix, je ne garde donc rien. Continuons.",
        minor="Je ne le demande qu'aux adultes, je ne garde donc rien. Continuons.",
    )


def _that(organization: str) -> str:
    vowel = re.match("[aeiouy]", without_accents(organization).lower())
    return f"qu'{organization}" if vowel else f"que {organization}"
