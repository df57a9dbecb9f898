// A set.yaml and names of captures, changed at random but always alike: what comes out is a valid set, or one Error of one line.
#include <gtest/gtest.h>
#include <unistd.h>

#include <chrono>
#include <cmath>
#include <fstream>
#include <set>

#include "calibration/set/calibration_set.h"
#include "models/runtime/error.h"
#include "tests/calibration/mutated_text.h"

namespace argent {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kPieces[] = {"nan",
                                        "-",
                                        "1e39",
                                        "0",
                                        "[",
                                        "]",
                                        "{",
                                        "}",
                                        ",",
                                        "\n",
                                        "\"",
                                        ".inf",
                                        "-1",
                                        "1e-40",
                                        ": ",
                                        "99999999999",
                                        "\xff",
                                        "chart",
                                        "a.dng",
                                        "./a.dng",
                                        "sub/../a.dng",
                                        "sub/./f.dng",
                                        "..",
                                        "/etc/passwd",
                                        ".",
                                        "\"\"",
                                        "\"a\\nb.dng\"",
                                        "\"a.dng\\0\"",
                                        "\"\\e[2J\"",
                                        "&a x",
                                        "*a",
                                        "!!binary x",
                                        "[[[[[[[[[[[[[[[[[[[[",
                                        "# ",
                                        "---\n"};

constexpr std::string_view kValid = R"(argent_calibration_set: 1
camera: "a camera"
mosaics: mosaics.yaml
captures:
  - {file: a.dng, kind: chart, illuminant: D65, cct: 6504, lux: 800, chart: [0.1, 0.1, 0.9, 0.1, 0.9, 0.9, 0.1, 0.9]}
  - {file: b.dng, kind: focus, distance: 0.5, lens_position: 320, exposure_us: 10000, gain: 2}
  - {file: c.dng, kind: step, asked_exposure_us: 10000, asked_gain: 2}
  - file: "d.dng"
    kind: flat
    cct: 3000
  - {file: e.raw, kind: dark}
  - {file: sub/f.dng, kind: ramp}
)";

class CalibrationSetFuzz : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = fs::temp_directory_path() /
              ("argent_set_fuzz_" + std::to_string(::getpid()) + "_" + testing::UnitTest::GetInstance()->current_test_info()->name());
    fs::remove_all(folder_);
    fs::create_directories(folder_ / "sub");
  }
  void TearDown() override { fs::remove_all(folder_); }

  void put(const fs::path& name, std::string_view text = "x") const { std::ofstream(folder_ / name, std::ios::binary) << text; }

  /// Whether it could be read; then nothing in it is out of its meaning.
  bool reads() const {
    try {
      expect_valid(load_calibration_set(folder_));
      return true;
    } catch (const Error& error) {
      EXPECT_TRUE(is_one_line(error.what())) << error.what();
      return false;
    }
  }

  void expect_valid(const CalibrationSet& set) const {
    EXPECT_TRUE(set.camera.empty() || is_one_line(set.camera));
    for (const std::string& problem : set.problems) EXPECT_TRUE(is_one_line(problem)) << problem;
    std::set<fs::path> files;
    for (const LabelledCapture& label : set.captures) {
      EXPECT_TRUE(is_one_line(label.file.string())) << label.file;
      EXPECT_TRUE(label.illuminant.empty() || is_one_line(label.illuminant)) << label.illuminant;
      EXPECT_TRUE(label.file.string().starts_with(folder_.string() + "/")) << label.file;
      EXPECT_TRUE(fs::is_regular_file(label.file)) << label.file;
      EXPECT_TRUE(files.insert(fs::canonical(label.file)).second) << label.file << " counts twice";
      for (const auto& [value, min, max] : {std::tuple{label.cct, 1000.0, 1e5},
                                            {label.lux, 0.0, 1e6},
                                            {label.distance, 0.0009, 1e6},
                                            {label.lens_position, -1e6, 1e6},
                                            {label.exposure_us, 0.09, 1e9},
                                            {label.gain, 0.009, 1e4},
                                            {label.asked_exposure_us, 0.09, 1e9},
                                            {label.asked_gain, 0.009, 1e4}}) {
        EXPECT_TRUE(!value || (static_cast<double>(*value) >= min && static_cast<double>(*value) <= max)) << *value;
      }
      if (!label.chart) continue;
      for (const float at : *label.chart) EXPECT_TRUE(at >= 0 && at <= 1) << at;
    }
  }

  fs::path folder_;
};

TEST_F(CalibrationSetFuzz, AnySetYamlIsAValidSetOrOneLine) {
  for (const char* name : {"a.dng", "b.dng", "c.dng", "d.dng", "e.raw", "sub/f.dng", "forgotten.dng"}) put(name);
  put("mosaics.yaml");
  put("set.yaml", kValid);
  ASSERT_TRUE(reads());
  std::mt19937 random(5);
  int valid = 0, refused = 0;
  for (int i = 0; i < 900; i++) {
    SCOPED_TRACE(i);
    const std::string whole(kValid);
    put("set.yaml", i % 3 == 0   ? mutated_bytes(whole, kPieces, random)
                    : i % 3 == 1 ? mutated_lines(whole, random)
                                 : mutated_values(whole, kPieces, random));
    reads() ? valid++ : refused++;
  }
  EXPECT_GT(valid, 80) << "or the changes are too coarse to test anything";
  EXPECT_GT(refused, 200);
}

TEST_F(CalibrationSetFuzz, AnyNameSaysSomethingInRangeOrNothing) {
  constexpr std::string_view kNames[] = {"alsc_3000k_0.dng", "d65_5858k_1344l.dng", "dark_0.dng", "cac_1.dng", "flat_5000k.raw"};
  constexpr std::string_view kParts[] = {"_",   "__", "k",           "l",  "-",    ".", "e9", "nan",
                                         "inf", "0",  "99999999999", "\n", "\xff", " ", "0x", "+"};
  std::mt19937 random(6);
  int said = 0, silent = 0;
  for (int round = 0; round < 60; round++) {
    SCOPED_TRACE(round);
    for (int i = 0; i < 40; i++) {
      std::string name = mutated_bytes(std::string(kNames[random() % std::size(kNames)]), kParts, random);
      std::erase(name, '/');
      std::erase(name, '\0');
      label_of_name(name) ? said++ : silent++;
      if (name.size() > 2) put(name);
    }
    reads();
    fs::remove_all(folder_);
    fs::create_directories(folder_);
  }
  EXPECT_GT(said, 300) << "or the changes are too coarse to test anything";
  EXPECT_GT(silent, 300);
  for (const char* name : {"", "_", "_k_l", "k", "alsc", "alsc_", "d65_1e9k_1l", "d65_-5k_1l", "d65_3000k_nanl", "x_3000k_infl"})
    EXPECT_FALSE(label_of_name(name)) << name;
}

TEST_F(CalibrationSetFuzz, TheMostCapturesThereMayBeAreReadInSeconds) {
  std::string yaml = "argent_calibration_set: 1\ncaptures:\n";
  for (int i = 0; i < 10'000; i++) {
    put(std::to_string(i) + ".dng");
    yaml += "  - {file: " + std::to_string(i) + ".dng, kind: dark}\n";
  }
  put("set.yaml", yaml);
  const auto before = std::chrono::steady_clock::now();
  EXPECT_EQ(load_calibration_set(folder_).captures.size(), 10'000u);
  EXPECT_LT(std::chrono::duration<double>(std::chrono::steady_clock::now() - before).count(), 5);
  put("set.yaml", yaml + "  - {file: one_more.dng, kind: dark}\n");
  EXPECT_FALSE(reads());
}

}  // namespace
}  // namespace argent
