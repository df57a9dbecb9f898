#include "tests/isp/dng_fixture.h"

#include <bit>
#include <cmath>
#include <fstream>
#include <map>
#include <string_view>

namespace argent {
namespace {

constexpr std::string_view kTime = "2024:02:29 12:34:56";
constexpr int kStripOffsets = 273, kExifDirectory = 34665;

using Bytes = std::vector<unsigned char>;

template <class T>
void append(Bytes& bytes, T value, int count = sizeof(T)) {
  for (int i = 0; i < count; i++) bytes.push_back(static_cast<unsigned char>(static_cast<std::uint64_t>(value) >> 8 * i));
}

/// One directory of a little-endian TIFF, by rising tag.
class Directory {
 public:
  void bytes(int tag, std::string_view values) { add(tag, 1, values.size(), {values.begin(), values.end()}); }
  void text(int tag, std::string_view value) {
    Bytes data(value.begin(), value.end());
    data.push_back(0);
    add(tag, 2, data.size(), data);
  }
  void shorts(int tag, const std::vector<int>& values) {
    Bytes data;
    for (int value : values) append(data, static_cast<std::uint16_t>(value));
    add(tag, 3, values.size(), data);
  }
  void longs(int tag, const std::vector<std::uint32_t>& values) {
    Bytes data;
    for (std::uint32_t value : values) append(data, value);
    add(tag, 4, values.size(), data);
  }
  template <class Values>
  void fractions(int tag, const Values& values, int type = 10) {
    constexpr int kDenominator = 10'000;
    Bytes data;
    for (double value : values) {
      append(data, static_cast<std::int32_t>(std::lround(value * kDenominator)));
      append(data, std::int32_t{kDenominator});
    }
    add(tag, type, data.size() / 8, data);
  }

  void opaque(int tag, const Bytes& values) { add(tag, 7, values.size(), values); }
  void doubles(int tag, const std::vector<double>& values) {
    Bytes data;
    for (double value : values) append(data, std::bit_cast<std::uint64_t>(value));
    add(tag, 12, values.size(), data);
  }
  void floats(int tag, const std::vector<float>& values) {
    Bytes data;
    for (float value : values) append(data, std::bit_cast<std::uint32_t>(value));
    add(tag, 11, values.size(), data);
  }

  std::size_t size() const {
    std::size_t bytes = 2 + 12 * entries_.size() + 4;
    for (const auto& [tag, entry] : entries_) bytes += stored_apart(entry.data);
    return bytes;
  }

  /// The directory and its values, for that place in the file.
  Bytes at(std::size_t start) const {
    const std::size_t values_at = start + 2 + 12 * entries_.size() + 4;
    Bytes head, values;
    append(head, static_cast<std::uint16_t>(entries_.size()));
    for (const auto& [tag, entry] : entries_) {
      append(head, static_cast<std::uint16_t>(tag));
      append(head, static_cast<std::uint16_t>(entry.type));
      append(head, static_cast<std::uint32_t>(entry.count));
      Bytes data = entry.data;
      if (const std::size_t apart = stored_apart(data)) {
        append(head, static_cast<std::uint32_t>(values_at + values.size()));
        data.resize(apart);
        values.insert(values.end(), data.begin(), data.end());
      } else {
        data.resize(4);
        head.insert(head.end(), data.begin(), data.end());
      }
    }
    append(head, std::uint32_t{0});
    head.insert(head.end(), values.begin(), values.end());
    return head;
  }

 private:
  struct Entry {
    int type;
    std::size_t count;
    Bytes data;
  };
  static std::size_t stored_apart(const Bytes& data) { return data.size() > 4 ? (data.size() + 1) / 2 * 2 : 0; }
  void add(int tag, int type, std::size_t count, const Bytes& data) { entries_[tag] = {type, count, data}; }
  std::map<int, Entry> entries_;
};

std::string xtrans_bytes(CfaPhase phase) {
  SensorInfo sensor;
  sensor.cfa = CfaPattern::kXTrans;
  sensor.cfa_phase = phase;
  std::string bytes;
  for (int i = 0; i < 36; i++) bytes.push_back(static_cast<char>(color_at(sensor, i % 6, i / 6)));
  return bytes;
}

std::string_view cfa_bytes(CfaPattern cfa) {
  using namespace std::literals;
  switch (cfa) {
    case CfaPattern::kGrbg:
      return "\1\0\2\1"sv;
    case CfaPattern::kGbrg:
      return "\1\2\0\1"sv;
    case CfaPattern::kBggr:
      return "\2\1\1\0"sv;
    default:
      return "\0\1\1\2"sv;
  }
}

void describe_pixels(Directory& tags, const DngFixture& f, std::size_t strip_bytes) {
  const int samples = samples_per_pixel(f.cfa);
  const Size claimed = f.claimed_size.value_or(f.size);
  tags.longs(254, {0});
  tags.longs(256, {static_cast<std::uint32_t>(claimed.width)});
  tags.longs(257, {static_cast<std::uint32_t>(claimed.height)});
  tags.shorts(258, std::vector<int>(samples, f.sample_format == 3 ? 32 : 16));
  tags.shorts(259, {1});
  tags.shorts(262, {cell_side(f.cfa) > 1 ? 32803 : 34892});
  tags.longs(kStripOffsets, {0});
  tags.shorts(277, {samples});
  tags.longs(278, {static_cast<std::uint32_t>(claimed.height)});
  tags.longs(279, {static_cast<std::uint32_t>(strip_bytes)});
  tags.shorts(284, {1});
  tags.shorts(339, std::vector<int>(samples, f.sample_format));
  if (is_bayer(f.cfa)) {
    tags.shorts(33421, {2, 2});
    tags.bytes(33422, cfa_bytes(f.cfa));
  } else if (f.cfa == CfaPattern::kXTrans) {
    tags.shorts(33421, {6, 6});
    tags.bytes(33422, f.cfa_bytes.empty() ? xtrans_bytes(f.cfa_phase) : f.cfa_bytes);
  }
  if (const auto& area = f.active_area) {
    const auto at = [](int value) { return static_cast<std::uint32_t>(value); };
    tags.longs(50829, {at(area->y), at(area->x), at(area->y + area->height), at(area->x + area->width)});
  }
  if (const auto& crop = f.default_crop) {
    tags.longs(50719, {static_cast<std::uint32_t>(crop->x), static_cast<std::uint32_t>(crop->y)});
    tags.longs(50720, {static_cast<std::uint32_t>(crop->width), static_cast<std::uint32_t>(crop->height)});
  }
}

void describe_color(Directory& tags, const DngFixture& f) {
  tags.shorts(50713, {f.black_rows, f.black_columns});
  tags.fractions(50714, f.black, 5);
  tags.longs(50717, f.white);
  constexpr int kColorMatrix1 = 50721, kCalibrationIlluminant1 = 50778;
  for (std::size_t i = 0; i < f.matrices.size(); i++) {
    tags.fractions(kColorMatrix1 + static_cast<int>(i), f.matrices[i]);
    tags.shorts(kCalibrationIlluminant1 + static_cast<int>(i), {f.illuminants[i]});
  }
  if (f.analog_balance) tags.fractions(50727, *f.analog_balance, 5);
  if (f.as_shot_neutral) tags.fractions(50728, *f.as_shot_neutral, 5);
  if (f.baseline_exposure) tags.fractions(50730, std::array{*f.baseline_exposure});
}

void describe_capture(Directory& tags, const DngFixture& f) {
  tags.text(271, "Argent");
  tags.text(272, "Fixture");
  tags.text(306, kTime);
  tags.shorts(274, {static_cast<int>(f.orientation)});
  tags.bytes(50706, std::string_view("\1\4\0\0", 4));
  tags.bytes(50707, std::string_view("\1\1\0\0", 4));
  tags.text(50708, "Argent Fixture");
}

void describe_more(Directory& tags, const DngFixture& f) {
  for (const auto& [tag, values] : f.opaque) tags.opaque(tag, values);
  for (const auto& [tag, values] : f.doubles) tags.doubles(tag, values);
  for (const auto& [tag, values] : f.floats) tags.floats(tag, values);
  for (const auto& [tag, values] : f.fractions) tags.fractions(tag, values);
  for (const auto& [tag, values] : f.longs) tags.longs(tag, values);
}

Directory exif_of(const DngFixture& f) {
  Directory exif;
  exif.fractions(33434, std::array{f.exposure}, 5);
  exif.fractions(33437, std::array{f.f_number}, 5);
  exif.shorts(34855, {f.iso});
  exif.fractions(37386, std::array{f.focal_length}, 5);
  exif.text(36867, kTime);
  return exif;
}

}  // namespace

std::uint16_t dng_fixture_sample(int x, int y, int channel) {
  std::uint32_t hash = static_cast<std::uint32_t>(x) * 73'856'093u ^ static_cast<std::uint32_t>(y) * 19'349'663u ^
                       static_cast<std::uint32_t>(channel) * 83'492'791u;
  hash = (hash ^ hash >> 13) * 1'274'126'177u;
  return static_cast<std::uint16_t>(600 + (hash >> 16) % 12'192);
}

void write_dng(const DngFixture& f, const std::filesystem::path& path) {
  Bytes strip;
  if (f.samples.empty()) {
    for (int y = 0; y < f.size.height; y++) {
      for (int x = 0; x < f.size.width; x++) {
        for (int c = 0; c < samples_per_pixel(f.cfa); c++) append(strip, dng_fixture_sample(x, y, c));
      }
    }
  }
  for (std::uint16_t sample : f.samples) append(strip, sample);
  Directory tags;
  const Directory exif = exif_of(f);
  describe_pixels(tags, f, strip.size());
  describe_color(tags, f);
  describe_capture(tags, f);
  describe_more(tags, f);
  tags.longs(kExifDirectory, {0});
  constexpr std::uint32_t kStart = 8;
  const std::size_t exif_at = kStart + tags.size(), strip_at = exif_at + exif.size();
  tags.longs(kExifDirectory, {static_cast<std::uint32_t>(exif_at)});
  tags.longs(kStripOffsets, {static_cast<std::uint32_t>(strip_at)});

  Bytes file{'I', 'I', 42, 0};
  append(file, kStart);
  for (const Bytes& part : {tags.at(kStart), exif.at(exif_at)}) file.insert(file.end(), part.begin(), part.end());
  file.insert(file.end(), strip.begin(), strip.end() - static_cast<std::ptrdiff_t>(f.missing_bytes_at_end));
  std::ofstream(path, std::ios::binary).write(reinterpret_cast<const char*>(file.data()), static_cast<std::streamsize>(file.size()));
}

}  // namespace argent
