"""What every answer tells the browser: keep nothing, share nothing, switch off what we do not use."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

# Everything a page could ask the visitor's machine for; ittai asks for nothing.
FEATURES = (
    "accelerometer",
    "autoplay",
    "bluetooth",
    "browsing-topics",
    "camera",
    "clipboard-read",
    "display-capture",
    "encrypted-media",
    "fullscreen",
    "gamepad",
    "geolocation",
    "gyroscope",
    "hid",
    "idle-detection",
    "local-fonts",
    "magnetometer",
    "microphone",
    "midi",
    "payment",
    "picture-in-picture",
    "screen-wake-lock",
    "serial",
    "usb",
    "web-share",
    "xr-spatial-tracking",
)
PERMISSIONS_POLICY = ", ".join(f"{feature}=()" for feature in FEATURES)


class BrowserPolicyMiddleware:
    """Headers that Django has no setting for. Outside of WhiteNoise, so that files and errors get them too.

    Only a static file (its name carries a digest, its content is the same for everybody) may be kept;
    every other answer – pages, downloads, redirects, errors – is `no-store`, also where a view forgot it.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response["Permissions-Policy"] = PERMISSIONS_POLICY
        response["Cross-Origin-Resource-Policy"] = "same-origin"
        is_file = request.path_info.startswith(settings.STATIC_URL) and response.status_code in (200, 304)
        if not is_file and "no-store" not in response.get("Cache-Control", ""):
            response["Cache-Control"] = "no-store"
        return response


class LogoutMiddleware:
    """Whichever page ends a log-in, the browser forgets what it showed.

    `cache` also empties the Back button's memory, `storage` whatever a script may have put down.
    Not `cookies`: that would log people out of every other system below the same registered domain
    (city.okayama.lg.jp), and Django takes our own session cookie back anyway.
    Stands after AuthenticationMiddleware.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        was_inside = request.user.is_authenticated
        response = self.get_response(request)
        if was_inside and not request.user.is_authenticated:
            response["Clear-Site-Data"] = '"cache", "storage"'
        return response
