"""The words that English withdrawals are made of: verbs, what they act on, what is about something else."""

from __future__ import annotations

from opusagent_voiceprint.consent.patterns import alternatives

__all__ = ["vocabulary"]


def vocabulary() -> dict[str, str]:
    """The named patterns that the rules of a withdrawal are written with, by name."""
    names: dict[str, str] = {
        "opening": "(?:(?:sorry|wait|no|yes|well|okay|oh|hello|hi|so|and|but|stop) )*",
        "wish": "(?:(?:i want to|i would like to|i will|you can|you may|can you|could you|let me) )?",
    }

    def define(name: str, text: str) -> None:
        names[name] = alternatives(text, names)

    define(
        "system",
        r"""
        (?:your|the|this|all your|all) ?(?:whole |entire |voice |computer |caller )?(?:systems?|databases?)\b
        (?:your|the|this|all your|all) ?(?:whole |entire |voice |computer |caller )?(?:records?|files?)\b
        (?:your|the|this) ?(?:voice )?(?:memory|memories|servers?|computers?|recognition|program|programme)\b
        """,
    )
    # "remove my details from the mailing list" is about a list; "... from your system" is about us.
    names["not_elsewhere"] = r"(?! (?:from|off|out of) (?!<system>|(?:you|there|here|now)\b))".replace(
        "<system>", names["system"]
    )
    names["not_later"] = (
        r"(?! (?:later|anytime|at any time|whenever|afterwards|some ?day|one day|if (?:i|we))\b)"
    )
    names["not_on_device"] = (
        r"(?! (?:on|for|in|from) (?:my|the|a|our) (?:\w+ )?"
        r"(?:tv|television|phone|car|remote|alexa|speaker|laptop|watch|tablet|router|box)\b)"
    )
    define(
        "mail",
        r"""
        mails?|messages?|notes?|memos?|plans?|lines?|minutes|calls?|chats?|over|box|assistant|commands?
        bundle|package|service|password|passcode|pin|accounts?|apps?|changer|actor|lessons?
        """,
    )
    define(
        "other_data",
        r"""
        plans?|roaming|packages?|packs?|usage|allowance|caps?|bundles?|lines?|sims?|limits?|adds?|addons?
        cards?|subscription|connection|service|charges|pictures?|photos?|pics?|images?|pages?|entry|entries
        on|for|of|at|with|regarding|about (?!me\b)|in (?!(?:your|the) (?:systems?|databases?|records|files))
        """,
    )
    names["which"] = (
        r"(?:my|our|the|that|this|any|every|those|these|your|all (?:of )?(?:my|the|our|your)|all)"
    )
    define(
        "voice_thing",
        r"""
        voiceprints?\b
        voice (?:profiles?|data|recordings?|records?|samples?|ids?|signatures?|recognition|biometrics?)\b
        voice (?:fingerprints?|templates?|files?|things?|models?|information|info|patterns?|enrollment)\b
        voice (?:memory|identification|embeddings?)\b
        (?:copy|copies|recordings?|samples?|traces?|record|model|memory|profile) of (?:my|our) voice\b
        biometrics?(?: (?:data|information|info|profile|template|record|id))?\b
        """,
    )
    names["thing"] = (
        f"(?:{names['which']} )?(?:own |stored |saved |enrolled |personal |biometric )*"
        f"{names['voice_thing']}{names['not_later']}{names['not_on_device']}"
    )
    names["my_voice"] = (
        rf"(?:my|our) (?:own )?voice\b(?! {names['mail']}\b){names['not_elsewhere']}{names['not_later']}"
    )
    names["my_data"] = (
        r"(?:my|our|all (?:of )?my|any of my) "
        r"(?:personal |private |own |stored |saved |caller |entire |whole )*"
        rf"(?:data|information|info|details|profile|records?)\b(?! {names['other_data']}\b)"
        f"{names['not_elsewhere']}{names['not_later']}"
    )
    names["about_me"] = (
        r"(?:(?:the|your|any|all|those|these|that) )*"
        r"(?:notes?|memor(?:y|ies)|records?|files?|data|information|info|details|stuff) "
        r"(?:(?:that )?you (?:have |made |keep |took |wrote |stored |kept )+)?(?:about|on|of) me\b"
        f"{names['not_elsewhere']}{names['not_later']}"
    )
    define("ours", "<thing>|<my_voice>|<my_data>|<about_me>")
    define(
        "erase",
        r"""
        forget(?: about)?|delete|erase|remove|destroy|wipe(?: out)?|purge|scrub|get rid of|discard|shred
        unlearn|unenroll|deregister|unregister|eliminate|withdraw|expunge|obliterate
        """,
    )
    define(
        "switch_off",
        r"""
        cancel|deactivate|disable|revoke|undo|(?:turn|switch|shut) off|scrap|scratch|dump|trash|drop
        throw (?:away|out)|take (?:away|down)|clear|kill|retract|end|discontinue|terminate|close
        strike|nuke|ditch|bin|let go of|lose
        """,
    )
    define(
        "erased",
        r"""
        deleted|erased|removed|destroyed|forgotten|wiped|purged|scrubbed|shredded|discarded|cancell?ed
        deactivated|disabled|revoked|withdrawn|unenrolled|taken (?:off|out|down)|off|out of your|gone
        """,
    )
    define(
        "knowing",
        "recognizing|remembering|identifying|knowing|tracking|profiling|analyzing|monitoring|fingerprinting",
    )
    define(
        "handling",
        r"""
        <knowing>|storing|saving|keeping|using|recording|matching|comparing|checking|collecting|processing
        scanning|listening to|holding|having
        """,
    )
    define(
        "handle",
        r"""
        recognize|remember|identify|track|profile|know|store|save|keep|use|have|hold|record|collect|process
        analyze|compare|match|greet
        """,
    )
    define(
        "handled",
        """
        recognized|remembered|identified|tracked|stored|saved|kept|used|recorded|held|in your system
        on file
        """,
    )
    names["consent"] = r"(?:consent|permissions?|agreement|approval|authorizations?|enrollment|yes)\b"
    # "my consent to marketing emails" is not the one that we hold.
    names["to_us"] = (
        r"(?! (?:to|for|from|with|about|of|that) (?!(?:be|being|that|this|it|you|your|have|having)\b"
        rf"|{names['ours']}|(?:the )?{names['voice_thing']}|(?:the |my )?(?:voice|recognition|biometric)"
        rf"|{names['handling']}\b|{names['handle']}\b))"
    )
    # "stop recognising me as John" corrects a match; it must not erase John.
    define("meant", r"me(?! as\b| up\b| to\b| a\b| if\b| by\b(?! (?:my )?voice))|who i am|<ours>")
    names["not_want"] = (
        r"(?:not|never|longer) (?:ever )?(?:want|like|wish|need|prefer|allow|authorize|permit|agree|consent)"
        r" (?:for )?(?:you |your system |to |be |have |that |being )*"
    )
    names["again"] = r"(?: \w+){0,4}? (?:anymore|again|from now on)\b"
    # Found after "please do", not after "you do": a complaint that nobody was recognised erases nobody.
    names["do_not"] = rf"\b(?:not|(?<!you )never) (?:ever )?(?:{names['handle']} {names['meant']}"
    names["do_not"] += rf"|(?:make|take|write(?: down)?) {names['about_me']})"
    names["to_have"] = "(?:(?:you|for|to|have|keep|make|create|store|save|use|an?) )*"
    # "I don't want my voiceprint deleted" is no refusal.
    names["kept"] = rf"(?! (?:to\b|being\b|be\b|gone\b|lost\b|{names['erased']}))"
    define(
        "standing",
        r"""
        \b<not_want><handle> <meant>
        \b<not_want>(?:<ours> )?(?:to be |being |be )?<handled>\b
        \bnot (?:want|need|like|wish) <to_have><thing><kept>
        \b(?:rather|prefer) not (?:to )?(?:be |being )?<handled>\b
        \b(?:rather|prefer) (?:it if |if |that )?you (?:did |do |would )?not <handle> <meant>
        \bnot (?:consent|agree) to (?:<ours>|(?:the |your )?<voice_thing>|(?:you )?<handling> <meant>)
        \byou (?:are not|are no longer) (?:allowed|permitted|authorized) to <handle> <meant>
        \byou (?:can|may|must|should|could) not (?:ever )?(?:store|save|keep|use|have|record|process) <ours>
        \b(?:can|could|would) you not (?:store|save|keep|use|record|process) <ours>
        """,
    )
    names["everything"] = alternatives(
        r"""
        all|all of it|everything|anything|whatever|what|it all|every trace|any trace|traces
        (?:all |any |every )?(?:of )?(?:the )?(?:data|information|info|details|stuff|records?)
        """
    )
    names["held"] = alternatives(
        r"""
        (?:know|hold|keep|stored?|saved?|recorded|collected|remember|kept|have|has|got)(?: (?:about|on
        |of) me| on file)
        know|hold|keep|stored?|saved?|recorded|collected|remember|kept|have|has|got
        """
    )
    names["be"] = "(?: to be| be| completely| all)*"
    names["not_of_mine"] = r"(?! (?:in|on|for|from) (?:the|my|our|this) )"
    # "My voiceprint, please delete it"; not "keep my voiceprint, don't delete it".
    names["some_words"] = r"(?:(?!(?:not|never|before|until|if|when)\b)\w+ ){0,5}?"
    names["erasure"] = "(?:deletion|erasure|removal)"
    names["soon"] = "(?:(?:the|a|an|immediate|full|complete|permanent) )*"
    return names
