#include "isp/io/dng_tags.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "isp/io/dng_tag_numbers.h"
#include "isp/io/opcode_lists.h"
#include "isp/io/tiff_tags.h"
#include "models/runtime/error.h"

namespace argent {
namespace {

bool all_finite(const std::vector<double>& values) {
  return std::all_of(values.begin(), values.end(), [](double value) { return std::isfinite(static_cast<float>(value)); });
}

/// Integers as such; nullopt where one is none, or beyond what a picture's side may be.
std::optional<std::vector<int>> whole_numbers(const std::vector<double>& values, int least, int most) {
  std::vector<int> out;
  for (const double value : values) {
    if (!(value >= least && value <= most) || value != std::floor(value)) return std::nullopt;
    out.push_back(static_cast<int>(value));
  }
  return out;
}

class DngReader {
 public:
  DngReader(const std::filesystem::path& path, Size raw_size) : file_(path), raw_size_(raw_size), directories_(file_.pictures()) {
    raw_ = raw_directory();
  }

  DngTags read() {
    out_.active_area = active_area();
    read_color();
    read_tables();
    read_sensor();
    read_opcodes(tags::kOpcodeList1, "opcode list 1", out_.opcodes.raw);
    read_opcodes(tags::kOpcodeList2, "opcode list 2", out_.opcodes.linear);
    read_opcodes(tags::kOpcodeList3, "opcode list 3", out_.opcodes.demosaiced);
    return std::move(out_);
  }

 private:
  const TiffDirectory* raw_directory() {
    const TiffDirectory* found = nullptr;
    for (const TiffDirectory& directory : directories_) {
      const auto number = [&](std::uint16_t tag, double fallback) {
        const TiffField* field = directory.find(tag);
        const std::vector<double> values = field == nullptr || field->count != 1 ? std::vector<double>() : file_.numbers(*field);
        return values.empty() ? fallback : values.front();
      };
      const double photometric = number(tags::kPhotometric, 0);
      if (photometric != tags::kPhotometricCfa && photometric != tags::kPhotometricLinearRaw) continue;
      if (number(tags::kImageWidth, 0) != raw_size_.width || number(tags::kImageLength, 0) != raw_size_.height) continue;
      const bool is_main = number(tags::kNewSubfileType, 0) == 0;
      if (found == nullptr || is_main) found = &directory;
      if (is_main) break;
    }
    if (found == nullptr) throw Error("has no raw picture of " + to_text(raw_size_) + " pixels");
    return found;
  }

  const TiffField* find(std::uint16_t tag) const {
    const TiffField* own = raw_->find(tag);
    return own != nullptr ? own : directories_.front().find(tag);
  }

  void warn(std::string text) { out_.warnings.push_back(std::move(text)); }

  /// `count` numbers, or none; a warning when the field is there and has others.
  std::vector<double> reals(std::uint16_t tag, const char* name, std::size_t count) {
    const TiffField* field = find(tag);
    if (field == nullptr) return {};
    std::vector<double> values;
    if (field->count == count) values = file_.numbers(*field);
    if (values.size() == count && all_finite(values)) return values;
    warn(std::string(name) + " is left out: expected " + std::to_string(count) + " finite numbers");
    return {};
  }

  std::optional<float> real(std::uint16_t tag, const char* name) {
    const std::vector<double> values = reals(tag, name, 1);
    return values.empty() ? std::nullopt : std::optional(static_cast<float>(values.front()));
  }

  std::optional<Vec3> vector(std::uint16_t tag, const char* name) {
    const std::vector<double> values = reals(tag, name, 3);
    if (values.empty()) return std::nullopt;
    if (std::any_of(values.begin(), values.end(), [](double value) { return !(static_cast<float>(value) > 0); })) {
      warn(std::string(name) + " is left out: expected numbers above 0");
      return std::nullopt;
    }
    return Vec3{static_cast<float>(values[0]), static_cast<float>(values[1]), static_cast<float>(values[2])};
  }

  std::optional<Mat3> matrix(std::uint16_t tag, const char* name) {
    const std::vector<double> values = reals(tag, name, 9);
    if (values.empty()) return std::nullopt;
    Mat3 out;
    std::transform(values.begin(), values.end(), out.begin(), [](double value) { return static_cast<float>(value); });
    if (inverse(out)) return out;
    warn(std::string(name) + " is left out: it cannot be inverted");
    return std::nullopt;
  }

  std::string text(std::uint16_t tag) {
    const TiffField* field = find(tag);
    constexpr std::uint32_t kLongest = 1024;
    if (field == nullptr || field->count > kLongest) return {};
    return file_.text(*field);
  }

  void read_color() {
    DngProfile& profile = out_.profile;
    profile.name = text(tags::kProfileName);
    profile.unique_camera_model = text(tags::kUniqueCameraModel);
    profile.analog_balance = vector(tags::kAnalogBalance, "AnalogBalance");
    profile.as_shot_neutral = vector(tags::kAsShotNeutral, "AsShotNeutral");
    profile.baseline_exposure = real(tags::kBaselineExposure, "BaselineExposure");
    profile.baseline_exposure_offset = real(tags::kBaselineExposureOffset, "BaselineExposureOffset");
    if (is_monochrome()) return;
    // A calibration is that of one camera, made for one family of profiles: CameraCalibrationSignature.
    const bool calibrated = text(tags::kCameraCalibrationSignature) == text(tags::kProfileCalibrationSignature);
    for (std::uint16_t i = 0; i < 2; i++) {
      DngIlluminant& light = profile.illuminants[i];
      const auto tag = [&](std::uint16_t first) { return static_cast<std::uint16_t>(first + i); };
      if (find(tag(tags::kColorMatrix1)) == nullptr) continue;
      const std::vector<double> code = reals(tag(tags::kCalibrationIlluminant1), "CalibrationIlluminant", 1);
      constexpr int kMostCodes = 65'535;
      if (const auto known = whole_numbers(code, 0, kMostCodes); known && !known->empty()) light.code = known->front();
      light.color_matrix = matrix(tag(tags::kColorMatrix1), "ColorMatrix");
      light.forward = matrix(tag(tags::kForwardMatrix1), "ForwardMatrix");
      if (calibrated) light.calibration = matrix(tag(tags::kCameraCalibration1), "CameraCalibration");
    }
  }

  bool is_monochrome() {
    const TiffField* samples = raw_->find(tags::kSamplesPerPixel);
    const TiffField* photometric = raw_->find(tags::kPhotometric);
    const bool one = samples == nullptr || file_.numbers(*samples) == std::vector<double>{1};
    return one && file_.numbers(*photometric) == std::vector<double>{tags::kPhotometricLinearRaw};
  }

  /// Tables of chapter 6: value is the slowest, saturation the quickest.
  HueSatTable table(std::uint16_t dims_tag, std::uint16_t data_tag, const char* name) {
    const TiffField *dims = find(dims_tag), *data = find(data_tag);
    HueSatTable out;
    if (data == nullptr) return out;
    constexpr int kMostDivisions = 4096;
    const auto sides = dims == nullptr || dims->count > 3 ? std::nullopt : whole_numbers(file_.numbers(*dims), 1, kMostDivisions);
    if (!sides || sides->size() < 2 || (*sides)[1] < 2) {
      warn(std::string(name) + " is left out: its dimensions are not two or three numbers of divisions");
      return out;
    }
    const int hues = (*sides)[0], saturations = (*sides)[1], values = sides->size() > 2 ? (*sides)[2] : 1;
    const std::vector<double> numbers =
        reals(data_tag, name, std::size_t{3} * std::size_t(hues) * std::size_t(saturations) * std::size_t(values));
    if (numbers.empty()) return out;
    out.hues = hues;
    out.saturations = saturations;
    out.values = values;
    out.nodes.resize(numbers.size() / 3);
    for (std::size_t i = 0; i < out.nodes.size(); i++) {
      out.nodes[i] = {static_cast<float>(numbers[3 * i]), static_cast<float>(numbers[3 * i + 1]), static_cast<float>(numbers[3 * i + 2])};
    }
    return out;
  }

  TableEncoding encoding(std::uint16_t tag, const char* name) {
    const std::vector<double> values = reals(tag, name, 1);
    if (values.empty() || values.front() == 0) return TableEncoding::kLinear;
    if (values.front() != 1) warn(std::string(name) + " is not known, and taken as linear");
    return values.front() == 1 ? TableEncoding::kSrgb : TableEncoding::kLinear;
  }

  void read_tables() {
    DngProfile& profile = out_.profile;
    profile.illuminants[0].hue_sat = table(tags::kProfileHueSatMapDims, tags::kProfileHueSatMapData1, "ProfileHueSatMapData1");
    profile.illuminants[1].hue_sat = table(tags::kProfileHueSatMapDims, tags::kProfileHueSatMapData2, "ProfileHueSatMapData2");
    profile.look = table(tags::kProfileLookTableDims, tags::kProfileLookTableData, "ProfileLookTableData");
    profile.hue_sat_encoding = encoding(tags::kProfileHueSatMapEncoding, "ProfileHueSatMapEncoding");
    profile.look_encoding = encoding(tags::kProfileLookTableEncoding, "ProfileLookTableEncoding");
    const TiffField* curve = find(tags::kProfileToneCurve);
    if (curve == nullptr) return;
    const std::vector<double> numbers = reals(tags::kProfileToneCurve, "ProfileToneCurve", curve->count);
    std::vector<std::array<float, 2>> points;
    for (std::size_t i = 0; i + 1 < numbers.size(); i += 2)
      points.push_back({static_cast<float>(numbers[i]), static_cast<float>(numbers[i + 1])});
    const auto rises = [](const auto& a, const auto& b) { return a[0] >= b[0]; };
    const bool whole = points.size() >= 2 && numbers.size() % 2 == 0 && points.front()[0] == 0 && points.back()[0] == 1 &&
                       std::adjacent_find(points.begin(), points.end(), rises) == points.end();
    if (whole) {
      profile.tone_curve = std::move(points);
    } else if (!numbers.empty()) {
      warn("ProfileToneCurve is left out: expected points that rise from 0 to 1");
    }
  }

  void read_sensor() {
    DngProfile& profile = out_.profile;
    if (const TiffField* noise = find(tags::kNoiseProfile); noise != nullptr) {
      constexpr std::uint32_t kMostPlanes = 4;
      const bool plausible = noise->count >= 2 && noise->count % 2 == 0 && noise->count <= 2 * kMostPlanes;
      const std::vector<double> numbers = reals(tags::kNoiseProfile, "NoiseProfile", plausible ? noise->count : 2);
      for (std::size_t i = 0; i + 1 < numbers.size(); i += 2) {
        profile.noise.push_back({static_cast<float>(numbers[i]), static_cast<float>(numbers[i + 1])});
      }
      const auto negative = [](const NoiseModel& plane) { return plane.shot < 0 || plane.read < 0; };
      if (std::any_of(profile.noise.begin(), profile.noise.end(), negative)) {
        warn("NoiseProfile is left out: a variance is negative");
        profile.noise.clear();
      }
    }
    if (const TiffField* masked = raw_->find(tags::kMaskedAreas); masked != nullptr) read_masked_areas(*masked);
  }

  void read_masked_areas(const TiffField& field) {
    constexpr std::uint32_t kMostAreas = 256;
    const auto sides = field.count % 4 == 0 && field.count <= 4 * kMostAreas
                           ? whole_numbers(file_.numbers(field), 0, std::max(raw_size_.width, raw_size_.height))
                           : std::nullopt;
    for (std::size_t i = 0; sides && i + 3 < sides->size(); i += 4) {
      const int top = (*sides)[i], left = (*sides)[i + 1], bottom = (*sides)[i + 2], right = (*sides)[i + 3];
      if (top < bottom && left < right) out_.profile.masked_areas.push_back({left, top, right - left, bottom - top});
    }
    if (!sides) warn("MaskedAreas is left out: expected rectangles within the picture");
  }

  Rect active_area() {
    const Rect whole{0, 0, raw_size_.width, raw_size_.height};
    const TiffField* field = raw_->find(tags::kActiveArea);
    if (field == nullptr || field->count != 4) return whole;
    const auto sides = whole_numbers(file_.numbers(*field), 0, std::max(raw_size_.width, raw_size_.height));
    if (!sides || sides->size() != 4) return whole;
    const Rect area{(*sides)[1], (*sides)[0], (*sides)[3] - (*sides)[1], (*sides)[2] - (*sides)[0]};
    const bool inside = area.width > 0 && area.height > 0 && area.x + area.width <= whole.width && area.y + area.height <= whole.height;
    return inside ? area : whole;
  }

  void read_opcodes(std::uint16_t tag, const std::string& name, std::vector<DngOpcode>& out) {
    const TiffField* field = raw_->find(tag);
    if (field == nullptr) return;
    try {
      out = parse_opcode_list(file_.bytes(*field));
    } catch (const Error& error) {
      warn(name + " " + error.what() + ", and is left out");
      return;
    }
    for (const DngOpcode& opcode : out) {
      if (!std::holds_alternative<UnknownOpcode>(opcode.parameters)) continue;
      warn(name + ": " + opcode_name(opcode.id) +
           (is_optional(opcode) ? " is not known here and optional: it is left out"
                                : " is not known here, but must be applied: the picture is not what the file means"));
    }
  }

  TiffTags file_;
  Size raw_size_;
  std::vector<TiffDirectory> directories_;
  const TiffDirectory* raw_ = nullptr;
  DngTags out_;
};

}  // namespace

DngTags read_dng_tags(const std::filesystem::path& path, Size raw_size) { return DngReader(path, raw_size).read(); }

NoiseModel mean_noise(const DngProfile& profile) {
  NoiseModel mean;
  const auto planes = static_cast<float>(profile.noise.size());
  for (const NoiseModel& plane : profile.noise) {
    mean.shot += plane.shot / planes;
    mean.read += plane.read / planes;
  }
  return mean;
}

}  // namespace argent
