"""A caller's phone, as the telephony platforms present it: a client of their websocket protocols.

async with TwilioPhone(url, from_number="+15550100") as phone:
    await phone.say(speech, words="When will my order come?")
    await phone.wait_for_agent()
"""

from __future__ import annotations

from audiocodes_phone import AudioCodesPhone
from phone_line import Phone
from playback import Heard
from twilio_phone import TwilioPhone, follow_twiml

__all__ = ["AudioCodesPhone", "Heard", "Phone", "TwilioPhone", "follow_twiml"]
