"""A small voice host that calls the hooks by itself: Twilio on one side, a Realtime service on the other."""
