"""Whether a message may leave: everything that can be known before it is sent, asked before the transaction begins.

Text messages cost money, and there are people who earn some of it: they have codes sent to dear numbers of their own
("SMS pumping"). So a pool has a number of text messages for each day, an installation may name the countries that it
sends to, and no destination hears from a pool too often. Whatever passes is counted, also if the deed fails later.
Messages that the inbox or a function of the pool takes cost nothing here, and only the destination counts.
"""

from __future__ import annotations

from datetime import timedelta
from importlib import import_module

from django.conf import settings

from cognito_site.contract import errors
from cognito_site.contract.errors import CodeDeliveryFailure, LimitExceeded, Refusal
from cognito_site.transports.targets import Inbox
from userpools.domain import channels, events, limits, messages
from userpools.domain.limits import Limit
from userpools.domain.triggers import texts
from userpools.models import AppClient, User, UserPool
from userpools.values import Delivery

DAY = timedelta(days=1)
ALARM_AT = 0.8
Declared = tuple[type[Refusal], ...]
BOTH: Declared = (LimitExceeded, CodeDeliveryFailure)


def check(pool: UserPool, channel: str, address: str, *, declared: Declared = BOTH) -> None:
    """Raises LimitExceeded and CodeDeliveryFailure; what the operation does not declare of them, in other words."""
    try:
        limits.count_destination(pool, address)
        if refusal := why_not(pool, channel, address):
            raise refusal
    except LimitExceeded:
        if LimitExceeded not in declared:
            raise errors.rate_exceeded() from None
        raise
    except CodeDeliveryFailure as refusal:
        if CodeDeliveryFailure not in declared:
            raise errors.undeliverable(channels.MEDIUMS[channel], refusal.message) from None
        raise


def pretended(client: AppClient, user: User, channel: str, address: str, kind: str) -> Delivery | None:
    """As ``check``, for whoever is not to learn that there is such a user: None, if the message may leave, else what
    they would be told if it did. The inbox says that it did not."""
    try:
        check(user.pool, channel, address)
    except (LimitExceeded, CodeDeliveryFailure) as refusal:
        if not client.hides_user_existence:
            raise
        messages.note_unsent(user, kind, channels.MEDIUMS[channel], address, refusal.message)
        return channels.delivery(channel, address)
    return None


def why_not(pool: UserPool, channel: str, address: str) -> Refusal | None:
    """CodeDeliveryFailure, unless the message may leave; then it is counted."""
    medium = channels.MEDIUMS[channel]
    if texts.sender(pool, medium) is not None:
        return None
    if not messages.has_channel(medium):
        return None if _inbox_will_do(medium) else errors.no_channel_for(medium)
    if channel != channels.PHONE_NUMBER:
        return None
    if not _is_served(address):
        return errors.no_messages_to_country()
    return None if _is_within_budget(pool) else errors.message_budget_used()


def _inbox_will_do(medium: str) -> bool:
    """Nobody reads it where real people are served on the other channel, unless an operator says so (``inbox://``)."""
    place = settings.POOLHOUSE
    said = place.email if medium == messages.EMAIL else place.sms
    other = messages.SMS if medium == messages.EMAIL else messages.EMAIL
    return place.is_loopback or isinstance(said, Inbox) or not messages.has_channel(other)


# --- countries --------------------------------------------------------------------------------------------------------


def _is_served(number: str) -> bool:
    served = settings.POOLHOUSE.sms_countries
    return served is None or _country(number) in served


def _country(number: str) -> str | None:
    """Several share a calling code; a number that none of them gave out counts as the largest one's."""
    phonenumbers = import_module("phonenumbers")
    try:
        parsed = phonenumbers.parse(number)
    except phonenumbers.NumberParseException:
        return None
    found: str = phonenumbers.region_code_for_number(parsed) or phonenumbers.region_code_for_country_code(
        parsed.country_code
    )
    return found


# --- the number of a day ----------------------------------------------------------------------------------------------


def _budget(pool: UserPool) -> Limit:
    count = settings.POOLHOUSE.sms_per_day if pool.sms_per_day is None else pool.sms_per_day
    return Limit("sms-of-a-day", count, DAY)


def _is_within_budget(pool: UserPool) -> bool:
    """AWS has one for the account; here it is the pool's, so that one pool's trouble is not every pool's."""
    budget = _budget(pool)
    if not limits.has_passed(budget, pool, ""):
        return False
    if limits.counted(budget, pool, "") >= ALARM_AT * budget.count:
        _ring(pool, budget)
    return True


def _ring(pool: UserPool, budget: Limit) -> None:
    """Once a day."""
    if limits.has_passed(Limit("sms-alarm", 1, DAY), pool, ""):
        events.record(pool, None, events.SMS_NEARLY_USED, detail={"a_day": budget.count})


def change_budget(pool: UserPool, count: int | None) -> None:
    """None: the installation's number."""
    pool.sms_per_day = count
    pool.save(update_fields=["sms_per_day"])
