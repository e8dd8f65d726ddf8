"""The words of sentences that are not noted: health, faith, sexuality, politics, origin, violence, crime."""

from __future__ import annotations

import re

__all__ = ["SENSITIVE"]

SENSITIVE = re.compile(
    r"\b(?:"
    # Health; "I take metformin": no list holds every medicine, so nothing that anybody takes is noted.
    r"cancer|hiv|aids|tumou?rs?|depress\w*|anxiety|bipolar|schizo\w*|suicid\w*|self-harm|diagnos\w*|diseases?"
    r"|illness(?:es)?|disabled|disabilit\w*|diabet\w*|epilep\w*|seizures?|dementia|alzheimer\w*|parkinson\w*"
    r"|pregnan\w*|miscarriage|abortion|ivf|infertil\w*|addict\w*|alcoholic|sober|rehab|chemo\w*|dialysis"
    r"|therap(?:y|ist)|psychiatr\w*|psycholog\w*|counsell?or|medications?|medicines?|medicated|surgery"
    r"|operation|hospital\w*|(?<!air )(?<!and )conditions?|asthma\w*|inhalers?|insulin|allerg\w*|arthritis"
    r"|wheelchairs?|blind|deaf|hearing aids?|autis\w*|adhd|dyslexi\w*|stroke|heart (?:attack|problems?)"
    r"|pacemaker|blood pressure|migraines?|chronic|syndrome|disorder|infect\w*|covid|hepatitis|transplant"
    r"|prescri\w*|pills?|tablets? (?:for|against)|antidepress\w*|antibiotics?|painkillers?|ibuprofen"
    r"|paracetamol|aspirin|metformin|prozac|xanax|ritalin|methadone|morphine|milligrams?"
    r"|i(?: am|'m|m)? (?:\w+ )?(?:take|taking)"
    # Violence at home.
    r"|(?:hit|hits|hitting|beat|beats|beating|hurts?|kicks?|chok\w+|threatens?) (?:me|us|my)"
    r"|abus\w*|violen\w*|rap(?:ed|ist)|assault\w*|stalk\w*|restraining order|women's shelter"
    # Sexuality, faith, politics, unions, origin, crime.
    r"|gay|lesbian|bisexual|queer|transgender|transsexual|non-binary|sexual\w*|muslims?|islam\w*|mosque"
    r"|jew|jews|jewish|judaism|synagogue|kosher|christians?|christianity|catholics?|protestants?|orthodox"
    r"|baptists?|evangelical|mormons?|jehovah\w*|church|hindu\w*|buddhis\w*|sikhs?|atheists?|religi\w*"
    r"|faith|pray(?:er|ers|ing)?|ramadan|halal|hijab|unions?|politic\w*|party members?"
    r"|members? of the \w+ party|republicans?|democrats?|conservatives?|socialists?|communists?"
    r"|vote[ds]?|voting|asylum|refugees?|immigra\w+|ethnic\w*|criminal|convict(?:ed|ion)|prison|jail|parole|probation|arrested"
    r")\b",
    re.IGNORECASE,
)
