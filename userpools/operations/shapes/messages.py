"""Where codes went."""

from __future__ import annotations

from typing import Any

from userpools.values import Delivery


def delivery(delivery: Delivery) -> dict[str, Any]:
    """``CodeDeliveryDetailsType``."""
    return {
        "Destination": delivery.destination,
        "DeliveryMedium": delivery.medium,
        "AttributeName": delivery.attribute,
    }
