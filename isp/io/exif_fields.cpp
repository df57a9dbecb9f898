#include "isp/io/exif_fields.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>

#include "isp/io/dng_tag_numbers.h"
#include "isp/io/tiff_tags.h"
#include "models/runtime/error.h"

namespace argent {
namespace {

constexpr std::size_t kMostFieldBytes = 16'384;  // a comment is longer than this nowhere, a blob of a maker's often

/// EXIF 2.3, table 4: what tells of the old file and not of the capture: ComponentsConfiguration, CompressedBitsPerPixel, FlashpixVersion,
/// ColorSpace, PixelXDimension, PixelYDimension, and what points elsewhere.
constexpr std::array<std::uint16_t, 9> kOfTheFile{37121, 37122, 40960, 40961, 40962, 40963, tags::kMakerNote, tags::kInteroperability,
                                                  40964};

std::vector<TiffValue> values_of(TiffTags& file, const TiffDirectory& directory) {
  std::vector<TiffValue> out;
  for (const TiffField& field : directory.fields) {
    const bool left_out = std::find(kOfTheFile.begin(), kOfTheFile.end(), field.tag) != kOfTheFile.end();
    if (left_out || field.count > kMostFieldBytes / size_of(field.type)) continue;
    if (std::any_of(out.begin(), out.end(), [&](const TiffValue& known) { return known.tag == field.tag; })) continue;
    out.push_back(file.value(field));
  }
  return out;
}

ExifFields read(const std::filesystem::path& path) {
  TiffTags file(path);
  const std::vector<TiffDirectory> directories = file.pictures();
  const TiffDirectory& main = directories.front();
  ExifFields out;
  for (const std::uint16_t tag : {tags::kArtist, tags::kCopyright}) {
    const TiffField* field = main.find(tag);
    if (field != nullptr && field->count <= kMostFieldBytes && !file.text(*field).empty()) out.main.push_back(file.value(*field));
  }
  const auto part = [&](std::uint16_t pointer) {
    const TiffField* field = main.find(pointer);
    const std::optional<TiffDirectory> directory = field == nullptr ? std::nullopt : file.directory(*field);
    return directory ? values_of(file, *directory) : std::vector<TiffValue>();
  };
  out.exif = part(tags::kExifDirectory);
  out.gps = part(tags::kGpsDirectory);
  return out;
}

double value_of(const Rational& rational) { return static_cast<double>(rational.numerator) / rational.denominator; }

}  // namespace

ExifFields exif_fields_of(const std::filesystem::path& path) {
  try {
    return read(path);
  } catch (const Error&) {
    return {};  // mosaics without a header, and formats of their own: what the frame knows is written all the same
  }
}

void add_missing(ExifFields& fields, const CaptureTags& capture, float lens_position) {
  std::vector<TiffValue>& exif = fields.exif;
  const auto add = [&](TiffValue value) {
    const bool known = std::any_of(exif.begin(), exif.end(), [&](const TiffValue& old) { return old.tag == value.tag; });
    if (!known) exif.push_back(std::move(value));
  };
  const auto add_rational = [&](std::uint16_t tag, const std::optional<Rational>& value) {
    if (value) add(tiff_rationals(tag, std::array{value_of(*value)}));
  };
  constexpr std::array<std::uint8_t, 4> kVersion{'0', '2', '3', '0'};
  add(tiff_undefined(tags::kExifVersion, kVersion));
  add_rational(tags::kExposureTime, capture.exposure);
  add_rational(tags::kFNumber, capture.f_number);
  add_rational(tags::kFocalLength, capture.focal_length);
  if (capture.iso) add(tiff_short(tags::kIsoSpeed, *capture.iso));
  if (!capture.time.empty()) add(tiff_text(tags::kDateTimeOriginal, capture.time));
  if (lens_position > 0) add(tiff_rationals(tags::kSubjectDistance, std::array{1.0 / static_cast<double>(lens_position)}));
}

}  // namespace argent
