#include "calibration/profile/dcp_file.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstring>
#include <fstream>
#include <optional>
#include <string>
#include <vector>

#include "models/runtime/error.h"

namespace argent {
namespace {

// DNG 1.7.1.0, chapter 4
enum Tag : std::uint16_t {
  kUniqueCameraModel = 50708,
  kColorMatrix1 = 50721,
  kColorMatrix2 = 50722,
  kCalibrationIlluminant1 = 50778,
  kCalibrationIlluminant2 = 50779,
  kProfileName = 50936,
  kHueSatMapDims = 50937,
  kHueSatMapData1 = 50938,
  kHueSatMapData2 = 50939,
  kToneCurve = 50940,
  kForwardMatrix1 = 50964,
  kForwardMatrix2 = 50965,
  kLookTableDims = 50981,
  kLookTableData = 50982,
  kHueSatMapEncoding = 51107,
  kLookTableEncoding = 51108,
  kBaselineExposureOffset = 51109,
};

enum Type : std::uint16_t { kAscii = 2, kShort = 3, kLong = 4, kRational = 5, kSignedRational = 10, kFloat = 11 };

constexpr std::uintmax_t kMostBytes = 64'000'000;
constexpr int kMostDivisions = 4096, kMostNodes = 1'000'000;  // 90 x 30 x 30 is common
constexpr std::size_t kMostCurvePoints = 65'536;
constexpr float kMostHueShift = 360, kMostScale = 1000, kMostExposure = 16;  // degrees, -, EV

std::size_t size_of(std::uint16_t type) {
  if (type == kAscii) return 1;
  if (type == kShort) return 2;
  if (type == kLong || type == kFloat) return 4;
  return type == kRational || type == kSignedRational ? 8 : 0;
}

struct Field {
  const char* name = "";
  std::uint16_t type = 0;
  std::uint32_t count = 0;
  std::size_t offset = 0;  ///< of the first value, which lies in the file as all of them do
};

class Reader {
 public:
  Reader(std::span<const std::uint8_t> bytes, std::string_view source) : bytes_(bytes), source_(source) {
    constexpr std::size_t kHeader = 8;
    const std::string_view head(reinterpret_cast<const char*>(bytes.data()), std::min<std::size_t>(bytes.size(), 4));
    big_endian_ = head == "MMCR";
    if (bytes.size() < kHeader || (head != "IIRC" && !big_endian_))
      fail("is no DNG camera profile: expected \"IIRC\" or \"MMCR\" in front");
    directory_ = number(4, 4);
    if (directory_ > bytes.size() - 2) fail("its directory lies outside of the file");
    entries_ = number(directory_, 2);
    if (std::size_t{12} * entries_ > bytes.size() - 2 - directory_) fail("its directory does not end inside of the file");
  }

  [[noreturn]] void fail(const std::string& what) const { throw Error(std::string(source_) + ": " + what); }

  std::optional<Field> find(std::uint16_t tag, const char* name) const {
    for (std::size_t i = 0; i < entries_; i++) {
      const std::size_t entry = directory_ + 2 + 12 * i;
      if (number(entry, 2) != tag) continue;
      Field field{name, static_cast<std::uint16_t>(number(entry + 2, 2)), number(entry + 4, 4), entry + 8};
      const std::uint64_t size = std::uint64_t{field.count} * size_of(field.type);
      if (size > 4) field.offset = number(entry + 8, 4);
      if (size == 0) fail(std::string(name) + " is of a type that is not expected of it, or empty");
      if (field.offset > bytes_.size() || size > bytes_.size() - field.offset) fail(std::string(name) + " lies outside of the file");
      return field;
    }
    return std::nullopt;
  }

  std::vector<float> reals(const Field& field, std::size_t count) const {
    if (field.count != count) fail(counted(field, count));
    std::vector<float> out(count);
    for (std::size_t i = 0; i < count; i++) {
      out[i] = real(field, i);
      if (!std::isfinite(out[i])) fail(std::string(field.name) + " holds a number that is not finite");
    }
    return out;
  }

  std::vector<int> divisions(const Field& field) const {
    if (field.count != 2 && field.count != 3) fail(counted(field, 3));
    std::vector<int> out{1, 1, 1};
    for (std::size_t i = 0; i < field.count; i++) {
      const std::uint32_t value = whole(field, i);
      if (value < 1 || value > kMostDivisions) {
        fail(std::string(field.name) + " holds " + std::to_string(value) + ", expected 1 to " + std::to_string(kMostDivisions));
      }
      out[i] = static_cast<int>(value);
    }
    return out;
  }

  std::uint32_t whole(const Field& field, std::size_t i) const {
    if (field.type != kShort && field.type != kLong) fail(std::string(field.name) + " is no whole number");
    if (i >= field.count) fail(counted(field, i + 1));
    return number(field.offset + i * size_of(field.type), size_of(field.type));
  }

  std::string text(const Field& field) const {
    constexpr std::uint32_t kLongest = 1024;
    if (field.type != kAscii || field.count > kLongest) fail(std::string(field.name) + " is no text of at most 1024 bytes");
    const auto* first = reinterpret_cast<const char*>(bytes_.data() + field.offset);
    return {first, std::find(first, first + field.count, '\0')};
  }

 private:
  static std::string counted(const Field& field, std::size_t count) {
    return std::string(field.name) + " has " + std::to_string(field.count) + " values, expected " + std::to_string(count);
  }

  std::uint32_t number(std::size_t offset, std::size_t size) const {
    std::uint32_t out = 0;
    for (std::size_t i = 0; i < size; i++) out |= std::uint32_t{bytes_[offset + i]} << (8 * (big_endian_ ? size - 1 - i : i));
    return out;
  }

  float real(const Field& field, std::size_t i) const {
    const std::size_t at = field.offset + i * size_of(field.type);
    if (field.type == kFloat) return std::bit_cast<float>(number(at, 4));
    if (field.type != kRational && field.type != kSignedRational) fail(std::string(field.name) + " holds no real numbers");
    if (field.type == kRational) return static_cast<float>(static_cast<double>(number(at, 4)) / number(at + 4, 4));
    const auto above = static_cast<std::int32_t>(number(at, 4)), below = static_cast<std::int32_t>(number(at + 4, 4));
    return static_cast<float>(static_cast<double>(above) / below);  // by 0: not finite
  }

  std::span<const std::uint8_t> bytes_;
  std::string_view source_;
  bool big_endian_ = false;
  std::size_t directory_ = 0, entries_ = 0;
};

std::optional<Mat3> matrix(const Reader& file, std::uint16_t tag, const char* name) {
  const auto field = file.find(tag, name);
  if (!field) return std::nullopt;
  const std::vector<float> values = file.reals(*field, 9);
  Mat3 out;
  std::copy(values.begin(), values.end(), out.begin());
  if (!inverse(out)) file.fail(std::string(name) + " is singular");
  return out;
}

HueSatTable table(const Reader& file, std::uint16_t dims_tag, std::uint16_t data_tag, const char* name) {
  const auto data = file.find(data_tag, name);
  if (!data) return {};
  const auto dims = file.find(dims_tag, "the dimensions");
  if (!dims) file.fail(std::string(name) + " has no dimensions");
  const std::vector<int> sides = file.divisions(*dims);
  const auto nodes = std::int64_t{sides[0]} * sides[1] * sides[2];
  if (sides[1] < 2 || nodes > kMostNodes) {
    file.fail(std::string(name) + " is " + std::to_string(sides[0]) + " x " + std::to_string(sides[1]) + " x " + std::to_string(sides[2]) +
              ", expected at least 2 saturations and at most " + std::to_string(kMostNodes) + " nodes");
  }
  const std::vector<float> values = file.reals(*data, 3 * static_cast<std::size_t>(nodes));
  HueSatTable out{sides[0], sides[1], sides[2], std::vector<HueSatTable::Node>(static_cast<std::size_t>(nodes))};
  for (std::size_t i = 0; i < out.nodes.size(); i++) {
    const HueSatTable::Node node{values[3 * i], values[3 * i + 1], values[3 * i + 2]};
    const auto scale = [](float v) { return v >= 0 && v <= kMostScale; };
    if (!(std::abs(node.hue_shift) <= kMostHueShift) || !scale(node.saturation_scale) || !scale(node.value_scale)) {
      file.fail(std::string(name) + " turns a hue by more than 360 degrees or scales by less than 0 or more than 1000");
    }
    out.nodes[i] = node;
  }
  return out;
}

TableEncoding encoding(const Reader& file, std::uint16_t tag, const char* name) {
  const auto field = file.find(tag, name);
  if (!field) return TableEncoding::kLinear;
  const std::uint32_t value = file.whole(*field, 0);
  if (value > 1) file.fail(std::string(name) + " is " + std::to_string(value) + ", expected 0 or 1");
  return value == 1 ? TableEncoding::kSrgb : TableEncoding::kLinear;
}

std::vector<std::array<float, 2>> tone_curve(const Reader& file) {
  const auto field = file.find(kToneCurve, "ToneCurve");
  if (!field) return {};
  if (field->count < 4 || field->count % 2 != 0 || field->count > 2 * kMostCurvePoints) {
    file.fail("ToneCurve has " + std::to_string(field->count) + " numbers, expected pairs, two to 65536 of them");
  }
  const std::vector<float> values = file.reals(*field, field->count);
  std::vector<std::array<float, 2>> points;
  for (std::size_t i = 0; i + 1 < values.size(); i += 2) points.push_back({values[i], values[i + 1]});
  const auto out_of_order = [](const auto& a, const auto& b) { return !(a[0] < b[0]); };
  const std::array<float, 2> begin{0, 0}, end{1, 1};
  if (points.front() != begin || points.back() != end || std::adjacent_find(points.begin(), points.end(), out_of_order) != points.end()) {
    file.fail("ToneCurve does not rise from (0, 0) to (1, 1)");
  }
  return points;
}

DngIlluminant illuminant(const Reader& file, std::uint16_t i) {
  const auto tag = [&](std::uint16_t first) { return static_cast<std::uint16_t>(first + i); };
  DngIlluminant light;
  if (const auto code = file.find(tag(kCalibrationIlluminant1), "CalibrationIlluminant")) light.code = int(file.whole(*code, 0));
  light.color_matrix = matrix(file, tag(kColorMatrix1), "ColorMatrix");
  light.forward = matrix(file, tag(kForwardMatrix1), "ForwardMatrix");
  light.hue_sat = table(file, kHueSatMapDims, tag(kHueSatMapData1), "HueSatMap");
  return light;
}

}  // namespace

DngProfile parse_dcp(std::span<const std::uint8_t> bytes, std::string_view source) {
  const Reader file(bytes, source);
  DngProfile profile;
  if (const auto field = file.find(kProfileName, "ProfileName")) profile.name = file.text(*field);
  if (const auto field = file.find(kUniqueCameraModel, "UniqueCameraModel")) profile.unique_camera_model = file.text(*field);
  for (std::uint16_t i = 0; i < 2; i++) profile.illuminants[i] = illuminant(file, i);
  if (!profile.illuminants[0].color_matrix) file.fail("has no ColorMatrix1");
  profile.hue_sat_encoding = encoding(file, kHueSatMapEncoding, "HueSatMapEncoding");
  profile.look = table(file, kLookTableDims, kLookTableData, "LookTable");
  profile.look_encoding = encoding(file, kLookTableEncoding, "LookTableEncoding");
  profile.tone_curve = tone_curve(file);
  if (const auto field = file.find(kBaselineExposureOffset, "BaselineExposureOffset")) {
    const float ev = file.reals(*field, 1).front();
    if (!(std::abs(ev) <= kMostExposure)) file.fail("BaselineExposureOffset is beyond 16 EV");
    profile.baseline_exposure_offset = ev;
  }
  return profile;
}

DngProfile load_dcp(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::error_code failure;
  const std::uintmax_t size = std::filesystem::file_size(path, failure);
  if (!file || failure) throw Error(path.string() + ": cannot be opened");
  if (size > kMostBytes) throw Error(path.string() + ": " + std::to_string(size) + " bytes are too many for a camera profile");
  std::vector<std::uint8_t> bytes(static_cast<std::size_t>(size));
  if (!file.read(reinterpret_cast<char*>(bytes.data()), static_cast<std::streamsize>(size)))
    throw Error(path.string() + ": cannot be read");
  return parse_dcp(bytes, path.string());
}

}  // namespace argent
