// A small set with labels and captures that are wrong at random, but always alike: whatever it is, the profile passes its check, and every
// finding is one line.
#include <gtest/gtest.h>
#include <unistd.h>

#include <cmath>
#include <fstream>
#include <iterator>

#include "calibration/calibrate/calibrator.h"
#include "calibration/synthesis/synthetic_set.h"
#include "isp/io/dng_writer.h"
#include "models/runtime/error.h"
#include "tests/calibration/fit/known_frames.h"
#include "tests/calibration/mutated_text.h"

namespace argent {
namespace {

namespace fs = std::filesystem;

constexpr CaptureKind kKinds[] = {CaptureKind::kChart, CaptureKind::kFlat, CaptureKind::kDark, CaptureKind::kRamp,
                                  CaptureKind::kFocus, CaptureKind::kEdge, CaptureKind::kDots, CaptureKind::kStep};

std::string bytes_of(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

/// Sets are made once; each test mutates labels in memory and captures as files of their own.
class CalibratorFuzz : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    folder_ = fs::temp_directory_path() / ("argent_calibrator_fuzz_" + std::to_string(::getpid()));
    fs::remove_all(folder_);
    KnownCamera camera = small_camera({160, 120});
    SyntheticSetOptions options;
    options.lights = {known_light("A"), known_light("D65")};
    options.gains = {1, 4};
    const SyntheticSet set = plan_set(camera, options);
    write_set(set, folder_, {.threads = 2});
    valid_ = load_calibration_set(folder_);
    for (const SyntheticCapture& capture : set.captures) {
      if (capture.charts.empty()) continue;
      // Placed by hand: looking for charts is not what is tested here, and takes most of the time.
      std::array<float, 8> flat{};
      const auto corners = chart_corners(capture.charts[0], camera.sensor.size);
      for (std::size_t i = 0; i < 8; i++) flat[i] = static_cast<float>(corners[i / 2][i % 2]);
      for (LabelledCapture& label : valid_.captures) {
        if (label.file.filename() == capture.file) label.chart = flat;
      }
    }
  }
  static void TearDownTestSuite() { fs::remove_all(folder_); }

  /// Those of the set that `keep` says.
  template <class Keep>
  static CalibrationSet part_of(Keep keep) {
    CalibrationSet set = valid_;
    std::erase_if(set.captures, [&](const LabelledCapture& label) { return !keep(label); });
    return set;
  }

  static float any_of(std::initializer_list<float> values) { return *(values.begin() + random_() % values.size()); }

  /// Anything that set.yaml may say.
  static void change(LabelledCapture& label) {
    switch (random_() % 9) {
      case 0:
        label.kind = kKinds[random_() % std::size(kKinds)];
        break;
      case 1:
        label.cct = any_of({1000, 1001, 2856, 6504, 6505, 1e5f});
        label.illuminant.clear();
        break;
      case 2:
        label.illuminant = random_() % 2 ? "A" : "no such light";
        break;
      case 3:
        label.lux = any_of({0, 1e-30f, 1, 1e6f});
        break;
      case 4:
        label.distance = any_of({0.001f, 0.25f, 1e6f});
        label.lens_position = any_of({-1e6f, 0, 200, 1e6f});
        break;
      case 5:
        label.exposure_us = any_of({0.1f, 1e4f, 1e9f});
        break;
      case 6:
        label.gain = any_of({0.01f, 1, 1.001f, 4, 1e4f});
        break;
      case 7:
        label.asked_exposure_us = any_of({0.1f, 1e4f, 1e9f});
        label.asked_gain = any_of({0.01f, 1, 4, 1e4f});
        break;
      default:
        label.chart.emplace();
        for (float& at : *label.chart) at = any_of({0, 1e-7f, 0.25f, 0.5f, 0.75f, 1});
    }
  }

  /// Another capture in its place: bytes of the file that are others, or codes that a camera doesn't give.
  static void spoil(LabelledCapture& label, int number) {
    const fs::path spoilt = folder_ / (std::to_string(number) + label.file.extension().string());
    if (random_() % 2 == 0) {
      std::string bytes = bytes_of(label.file);
      const std::size_t header = 1200;
      for (std::uint32_t n = 1 + random_() % 8; n > 0; n--) bytes[random_() % header] = static_cast<char>(random_());
      if (random_() % 4 == 0) bytes.resize(random_() % bytes.size());
      std::ofstream(spoilt, std::ios::binary) << bytes;
    } else {
      RawFrame frame = make_capture(small_camera({160, 120}), *even_target(white_surface()), known_light("D65"), {.seed = random_()});
      const std::uint32_t what = random_() % 6;
      std::vector<std::uint16_t> codes;
      for (int y = 0; y < 120; y++) {
        for (int x = 0; x < 160; x++) codes.push_back(code_of(what, x, y, frame.data[y * frame.stride + x]));
      }
      frame.data = codes.data();
      frame.stride = 160;
      save_dng(frame, spoilt, {.overwrite = Overwrite::kYes});
    }
    label.file = spoilt;
  }

  static std::uint16_t code_of(std::uint32_t what, int x, int y, std::uint16_t code) {
    const double r = std::hypot(x - 79.5, y - 59.5) / 100;
    switch (what) {
      case 0:
        return 0;
      case 1:
        return 4095;
      case 2:
        return static_cast<std::uint16_t>(random_() % 4096);
      case 3:
        return static_cast<std::uint16_t>(400 + 3000 * r);  // a falloff that is none: corners are bright
      case 4:
        return (x / 20 + y / 20) % 2 ? 4000 : 300;
      default:
        return code;
    }
  }

  /// Whether there is a profile.
  static bool calibrates(const CalibrationSet& set) {
    Calibrator calibrator(set, {});
    try {
      while (!calibrator.done()) calibrator.step();
    } catch (const Error& error) {
      EXPECT_TRUE(is_one_line(error.what())) << error.what();
      return false;
    }
    const Calibration& c = calibrator.result();
    for (const CalibrationFinding& finding : c.findings)
      EXPECT_TRUE(is_one_line(finding.subject) && is_one_line(finding.text)) << finding.subject << ": " << finding.text;
    EXPECT_NO_THROW(check(c.profile, "the profile"));
    const std::string text = write_profile(c.profile);
    EXPECT_EQ(text.find("nan"), std::string::npos);
    EXPECT_EQ(text.find("inf"), std::string::npos);
    EXPECT_NO_THROW(parse_profile(text, "what was written"));
    for (const ShadingMesh& mesh : c.profile.isp.shading) expect_falloff(mesh);
    return true;
  }

  /// Corners are not brighter than the middle: no lens does that to green.
  static void expect_falloff(const ShadingMesh& mesh) {
    const std::vector<float>& green = mesh.gains[1];
    const auto at = [&](int column, int row) { return green[static_cast<std::size_t>(row * mesh.columns + column)]; };
    const int right = mesh.columns - 1, bottom = mesh.rows - 1;
    const float corners = (at(0, 0) + at(right, 0) + at(0, bottom) + at(right, bottom)) / 4;
    EXPECT_GT(corners, 0.9f * at(right / 2, bottom / 2));
    EXPECT_LT(*std::max_element(green.begin(), green.end()), 64);
  }

  static inline fs::path folder_;
  static inline CalibrationSet valid_;
  static inline std::mt19937 random_{13};
};

TEST_F(CalibratorFuzz, LabelsAndCapturesOfTheSensorAndTheLens) {
  const CalibrationSet valid = part_of([](const LabelledCapture& label) { return label.kind != CaptureKind::kChart; });
  ASSERT_TRUE(calibrates(valid));
  int made = 0;
  for (int i = 0; i < 10; i++) {
    SCOPED_TRACE(i);
    CalibrationSet set = valid;
    for (std::uint32_t n = 1 + random_() % 30; n > 0; n--) change(set.captures[random_() % set.captures.size()]);
    for (std::uint32_t n = random_() % 6; n > 0; n--) spoil(set.captures[random_() % set.captures.size()], static_cast<int>(n));
    made += calibrates(set);
  }
  EXPECT_GT(made, 7);
}

TEST_F(CalibratorFuzz, LabelsAndCapturesOfCharts) {
  const CalibrationSet valid = part_of([](const LabelledCapture& label) {
    return label.kind == CaptureKind::kChart || label.kind == CaptureKind::kFlat || label.kind == CaptureKind::kDark;
  });
  ASSERT_TRUE(calibrates(valid));
  for (int i = 0; i < 4; i++) {
    SCOPED_TRACE(i);
    CalibrationSet set = valid;
    for (LabelledCapture& label : set.captures) {
      if (random_() % 3 == 0) change(label);
      if (random_() % 8 == 0) spoil(label, 100 + static_cast<int>(random_() % 8));
    }
    calibrates(set);
  }
}

}  // namespace
}  // namespace argent
