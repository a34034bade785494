"""Pictures: what is accepted, what leaves the house, who can fetch it."""

import io

import pytest
from django.core.exceptions import ValidationError
from PIL import Image

from pool.lifecycle import Incomplete, Step
from pool.publication.actions import take_back
from pool.publication.models import Picture
from pool.publication.pictures import LARGEST_FILE, encode_picture
from tests.factories import project_at
from tests.pool.publication.publishing import image_file, noise, written


def opened(content: bytes) -> Image.Image:
    return Image.open(io.BytesIO(content))


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_three_kinds_become_webp_of_the_same_size(kind):
    encoded = encode_picture(image_file(kind))
    assert (opened(encoded.content).format, encoded.width, encoded.height) == ("WEBP", 40, 30)


def test_a_large_picture_is_made_small_in_proportion():
    encoded = encode_picture(image_file("JPEG", (3200, 1000)))
    assert (encoded.width, encoded.height) == (1600, 500)


@pytest.mark.parametrize("size", [(1600, 1200), (400, 2400)])
def test_the_hardest_picture_is_sent_in_at_most_60_kilobytes(size):
    """Nothing but grain: what is made coarser first, and smaller where that is not enough."""
    encoded = encode_picture(noise(size))
    assert 30_000 < len(encoded.content) <= 60_000
    assert (opened(encoded.content).width, opened(encoded.content).height) == (encoded.width, encoded.height)
    assert encoded.width * size[1] == pytest.approx(encoded.height * size[0], rel=0.02)


def test_place_camera_comment_and_profile_are_gone_and_the_picture_stands_upright():
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by a quarter
    exif[0x010F] = "Kamerahersteller"
    exif.get_ifd(0x8825)[1] = "N"
    file = image_file("JPEG", exif=exif.tobytes(), comment=b"geheimer Kommentar", icc_profile=b"profil-marke")
    encoded = encode_picture(file)
    assert (encoded.width, encoded.height) == (30, 40)
    for trace in (b"Kamerahersteller", b"geheimer Kommentar", b"profil-marke", b"EXIF", b"ICCP", b"XMP"):
        assert trace not in encoded.content


def test_see_through_parts_stay_see_through():
    target = io.BytesIO()
    Image.new("RGBA", (10, 10), (255, 0, 0, 0)).save(target, format="PNG")
    assert opened(encode_picture(target.getvalue()).content).getpixel((5, 5))[3] == 0


@pytest.mark.parametrize(
    "file",
    [
        b"",
        b"kein Bild",
        b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
        image_file("GIF"),
        image_file("BMP"),
        image_file("PNG")[:60],
        image_file("JPEG")[:200],
        b"%PDF-1.7 " + image_file("PNG"),
    ],
    ids=["empty", "text", "svg", "gif", "bmp", "cut png", "cut jpeg", "pdf in front"],
)
def test_anything_else_is_refused_in_words(file):
    with pytest.raises(ValidationError, match="kein lesbares Bild"):
        encode_picture(file)


def test_more_than_5_mb_are_refused():
    with pytest.raises(ValidationError, match="größer als 5 MB"):
        encode_picture(b"\x89PNG" + b"0" * LARGEST_FILE)


def test_a_small_file_that_unpacks_to_a_giant_is_refused_unopened():
    target = io.BytesIO()
    Image.new("1", (20_000, 20_000)).save(target, format="PNG")
    assert len(target.getvalue()) < 100_000
    with pytest.raises(ValidationError, match="zu viele Bildpunkte"):
        encode_picture(target.getvalue())


@pytest.mark.django_db
def test_a_picture_needs_a_description(cdo):
    with pytest.raises(Incomplete, match="Beschreibung des Bildes"):
        written(project_at(Step.RUNNING), cdo, picture=encode_picture(image_file()))
    assert not Picture.objects.exists()


@pytest.mark.django_db
def test_the_same_picture_is_kept_once(cdo):
    for _time in range(2):
        written(project_at(Step.RUNNING), cdo, picture=encode_picture(image_file()), picture_alt="Rote Fläche")
    assert Picture.objects.count() == 1


@pytest.mark.django_db
def test_a_picture_is_served_while_a_released_text_shows_it(client, cdo, released):
    encoded = encode_picture(image_file())
    address = f"/projekte/bild/{encoded.sha256}.webp"
    written(project_at(Step.RUNNING), cdo, picture=encoded, picture_alt="Rote Fläche")
    assert client.get(address).status_code == 404

    project = released(picture=encoded, picture_alt="Eine rote Fläche")
    answer = client.get(address)
    assert (answer.status_code, answer["Content-Type"]) == (200, "image/webp")
    assert answer.content == encoded.content
    assert "max-age=0" in answer["Cache-Control"], "asked again each time: what is taken back is gone at once"
    assert client.get(address, headers={"if-none-match": answer["ETag"]}).status_code == 304
    page = client.get(f"/projekte/{project.slug}/").content.decode()
    assert f'src="{address}" width="40" height="30" alt="Eine rote Fläche"' in page

    project.refresh_from_db()
    take_back(project=project, reason="Rechte am Bild ungeklärt.", by=cdo)
    assert client.get(address).status_code == 404
    assert client.get(address, headers={"if-none-match": answer["ETag"]}).status_code == 404
