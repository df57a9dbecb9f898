#include "isp/io/exif_block.h"

#include <libexif/exif-data.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <memory>
#include <new>
#include <numeric>
#include <string_view>

namespace argent {
namespace {

std::string printable(std::string_view text) {
  constexpr std::size_t kLongest = 64;  // a frame's strings come from a stranger's file
  std::string ascii;
  for (char c : text.substr(0, kLongest)) ascii += c >= 0x20 && c < 0x7f ? c : '?';
  return ascii;
}

bool is_exif_time(std::string_view time) {
  constexpr std::string_view kForm = "0000:00:00 00:00:00";
  return time.size() == kForm.size() && std::equal(time.begin(), time.end(), kForm.begin(),
                                                   [](char c, char form) { return form == '0' ? c >= '0' && c <= '9' : c == form; });
}

/// nullopt for what is not known (0) or cannot be said in 32 bits.
std::optional<Rational> rational_of(double value, double denominator) {
  const double numerator = std::round(value * denominator);
  if (!(numerator >= 1 && numerator <= std::numeric_limits<std::uint32_t>::max())) return std::nullopt;
  const auto n = static_cast<std::uint32_t>(numerator), d = static_cast<std::uint32_t>(denominator);
  const std::uint32_t divisor = std::gcd(n, d);
  return Rational{n / divisor, d / divisor};
}

/// 1/60 rather than 16667/1000000: as a camera says it, where that is the same time within a thousandth.
std::optional<Rational> exposure_of(double seconds) {
  const double inverse = std::round(1 / seconds);
  if (inverse >= 2 && inverse < 1e6 && std::abs(seconds * inverse - 1) < 1e-3) return Rational{1, static_cast<std::uint32_t>(inverse)};
  return rational_of(seconds, seconds < 1000 ? 1e6 : 1);
}

struct Unref {
  void operator()(ExifData* data) const { exif_data_unref(data); }
  void operator()(ExifEntry* entry) const { exif_entry_unref(entry); }
  void operator()(ExifMem* memory) const { exif_mem_unref(memory); }
};

/// An IFD under construction.
class Directory {
 public:
  Directory(ExifData& data, ExifIfd ifd) : content_(data.ifd[ifd]) {}

  void add_short(ExifTag tag, std::uint16_t value) { exif_set_short(add(tag, EXIF_FORMAT_SHORT, 1, 2), kOrder, value); }
  void add_long(ExifTag tag, std::uint32_t value) { exif_set_long(add(tag, EXIF_FORMAT_LONG, 1, 4), kOrder, value); }
  void add_rational(ExifTag tag, const std::optional<Rational>& value) {
    if (value) exif_set_rational(add(tag, EXIF_FORMAT_RATIONAL, 1, 8), kOrder, {value->numerator, value->denominator});
  }
  void add_text(ExifTag tag, const std::string& text) {
    if (!text.empty()) std::memcpy(add(tag, EXIF_FORMAT_ASCII, text.size() + 1, text.size() + 1), text.c_str(), text.size() + 1);
  }
  void add_bytes(ExifTag tag, std::string_view bytes) {
    std::memcpy(add(tag, EXIF_FORMAT_UNDEFINED, bytes.size(), bytes.size()), bytes.data(), bytes.size());
  }

  static constexpr ExifByteOrder kOrder = EXIF_BYTE_ORDER_INTEL;

 private:
  unsigned char* add(ExifTag tag, ExifFormat format, std::size_t components, std::size_t bytes) {
    const std::unique_ptr<ExifMem, Unref> memory(exif_mem_new_default());
    const std::unique_ptr<ExifEntry, Unref> entry(memory ? exif_entry_new_mem(memory.get()) : nullptr);
    if (!entry) throw std::bad_alloc();
    entry->data = static_cast<unsigned char*>(exif_mem_alloc(memory.get(), static_cast<ExifLong>(bytes)));
    if (entry->data == nullptr) throw std::bad_alloc();
    entry->size = static_cast<unsigned int>(bytes);
    entry->tag = tag;
    entry->format = format;
    entry->components = components;
    exif_content_add_entry(content_, entry.get());
    return entry->data;
  }

  ExifContent* content_;
};

}  // namespace

CaptureTags capture_tags_of(const RawFrame& frame) {
  CaptureTags tags;
  tags.make = printable(frame.sensor.make);
  tags.model = printable(frame.sensor.model);
  tags.lens = printable(frame.capture.lens);
  if (is_exif_time(frame.capture.time)) tags.time = frame.capture.time;
  const SensorSettings& settings = frame.applied.settings;
  const double seconds = settings.exposure.count() * 1e-6;
  if (seconds > 0) tags.exposure = exposure_of(seconds);
  tags.f_number = rational_of(frame.applied.f_number, 100);
  tags.focal_length = rational_of(frame.capture.focal_length, 100);
  // A gain of 1 is also what stands there when nothing is known; cameras that know one know the time, too.
  const double iso = std::round(100.0 * settings.analogue_gain);
  if (iso >= 1 && (tags.exposure || iso != 100)) tags.iso = static_cast<std::uint16_t>(std::min(iso, 65535.0));
  return tags;
}

std::uint16_t exif_color_space(const ImageInfo& picture) { return is_srgb(picture) ? 1 : 0xffff; }

std::vector<unsigned char> exif_block(const CaptureTags& tags, const ImageInfo& picture) {
  const std::unique_ptr<ExifData, Unref> data(exif_data_new());
  if (!data) throw std::bad_alloc();
  exif_data_set_byte_order(data.get(), Directory::kOrder);

  Directory main(*data, EXIF_IFD_0);
  main.add_text(EXIF_TAG_MAKE, tags.make);
  main.add_text(EXIF_TAG_MODEL, tags.model);
  main.add_short(EXIF_TAG_ORIENTATION, 1);
  main.add_text(EXIF_TAG_SOFTWARE, "argent");
  main.add_text(EXIF_TAG_DATE_TIME, tags.time);

  Directory exif(*data, EXIF_IFD_EXIF);
  exif.add_bytes(EXIF_TAG_EXIF_VERSION, "0230");
  exif.add_rational(EXIF_TAG_EXPOSURE_TIME, tags.exposure);
  exif.add_rational(EXIF_TAG_FNUMBER, tags.f_number);
  if (tags.iso) exif.add_short(EXIF_TAG_ISO_SPEED_RATINGS, *tags.iso);
  exif.add_text(EXIF_TAG_DATE_TIME_ORIGINAL, tags.time);
  exif.add_rational(EXIF_TAG_FOCAL_LENGTH, tags.focal_length);
  exif.add_text(EXIF_TAG_LENS_MODEL, tags.lens);
  exif.add_short(EXIF_TAG_COLOR_SPACE, exif_color_space(picture));
  exif.add_long(EXIF_TAG_PIXEL_X_DIMENSION, static_cast<std::uint32_t>(picture.size.width));
  exif.add_long(EXIF_TAG_PIXEL_Y_DIMENSION, static_cast<std::uint32_t>(picture.size.height));

  unsigned char* bytes = nullptr;
  unsigned int size = 0;
  exif_data_save_data(data.get(), &bytes, &size);
  const std::unique_ptr<unsigned char, decltype(&std::free)> owner(bytes, &std::free);
  if (bytes == nullptr) throw std::bad_alloc();
  return {bytes, bytes + size};
}

bool is_srgb(const ImageInfo& picture) { return picture.encoding == Encoding::kSrgb && picture.color_space == ColorSpace::kSrgb; }

}  // namespace argent
