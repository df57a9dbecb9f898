#include "calibration/set/calibration_set.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>

#include "models/runtime/error.h"

namespace argent {
namespace {

namespace fs = std::filesystem;

class CalibrationSetTest : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = fs::temp_directory_path() /
              ("argent_set_" + std::to_string(::getpid()) + "_" + testing::UnitTest::GetInstance()->current_test_info()->name());
    fs::remove_all(folder_);
    fs::create_directories(folder_);
  }
  void TearDown() override { fs::remove_all(folder_); }

  void put(const std::string& name, const std::string& text = "x") { std::ofstream(folder_ / name) << text; }
  CalibrationSet with(const std::string& captures) {
    put("set.yaml", "argent_calibration_set: 1\ncaptures:\n" + captures);
    return load_calibration_set(folder_);
  }
  std::string error_of(const std::string& captures) {
    try {
      with(captures);
    } catch (const Error& error) {
      return error.what();
    }
    return "none";
  }

  fs::path folder_;
};

TEST_F(CalibrationSetTest, SaysWhatEachCaptureIs) {
  for (const char* name : {"a.dng", "b.dng", "c.dng"}) put(name);
  const CalibrationSet set = with(
      "  - {file: a.dng, kind: chart, illuminant: D65, cct: 6504, lux: 800, chart: [0.1, 0.1, 0.9, 0.1, 0.9, 0.9, 0.1, 0.9]}\n"
      "  - {file: b.dng, kind: focus, distance: 0.5, lens_position: 320}\n"
      "  - {file: c.dng, kind: step, asked_exposure_us: 10000, asked_gain: 2}\n");
  ASSERT_EQ(set.captures.size(), 3u);
  EXPECT_EQ(set.captures[0].kind, CaptureKind::kChart);
  EXPECT_EQ(set.captures[0].illuminant, "D65");
  EXPECT_EQ(set.captures[0].cct, 6504);
  ASSERT_TRUE(set.captures[0].chart);
  EXPECT_EQ((*set.captures[0].chart)[2], 0.9f);
  EXPECT_EQ(set.captures[1].distance, 0.5f);
  EXPECT_EQ(set.captures[1].lens_position, 320);
  EXPECT_EQ(set.captures[2].asked_gain, 2);
  EXPECT_TRUE(set.problems.empty());
}

TEST_F(CalibrationSetTest, WithoutItNamesSayIt) {
  for (const char* name : {"alsc_3000k_0.dng", "d65_5858k_1344l.dng", "dark_0.dng", "cac_1.dng", "holiday.dng", "notes.txt"}) put(name);
  const CalibrationSet set = load_calibration_set(folder_);
  ASSERT_EQ(set.captures.size(), 4u);
  EXPECT_EQ(set.captures[0].kind, CaptureKind::kFlat);
  EXPECT_EQ(set.captures[0].cct, 3000);
  EXPECT_EQ(set.captures[1].kind, CaptureKind::kDots);
  EXPECT_EQ(set.captures[2].kind, CaptureKind::kChart);
  EXPECT_EQ(set.captures[2].cct, 5858);
  EXPECT_EQ(set.captures[2].lux, 1344);
  EXPECT_EQ(set.captures[3].kind, CaptureKind::kDark);
  ASSERT_EQ(set.problems.size(), 1u) << "text files are nobody's captures";
  EXPECT_NE(set.problems[0].find("holiday.dng"), std::string::npos);
}

TEST_F(CalibrationSetTest, MissingTwiceNamedAndForgottenFilesAreProblems) {
  put("a.dng");
  put("forgotten.dng");
  const CalibrationSet set =
      with("  - {file: a.dng, kind: dark}\n  - {file: a.dng, kind: flat, cct: 3000}\n  - {file: gone.dng, kind: dark}\n");
  EXPECT_EQ(set.captures.size(), 1u);
  ASSERT_EQ(set.problems.size(), 3u);
  EXPECT_NE(set.problems[0].find("set.yaml:4: a.dng is named twice"), std::string::npos) << set.problems[0];
  EXPECT_NE(set.problems[1].find("is not there"), std::string::npos);
  EXPECT_NE(set.problems[2].find("forgotten.dng"), std::string::npos);
}

TEST_F(CalibrationSetTest, ErrorsNameTheLine) {
  put("a.dng");
  EXPECT_NE(error_of("  - {file: a.dng, kind: chrat}\n").find("set.yaml:3: kind = chrat, expected one of chart, flat"), std::string::npos)
      << error_of("  - {file: a.dng, kind: chrat}\n");
  EXPECT_NE(error_of("  - {file: a.dng, kind: chart, cct: 30}\n").find("cct"), std::string::npos);
  EXPECT_NE(error_of("  - {file: a.dng, kind: chart, cct: .nan}\n").find("cct"), std::string::npos);
  EXPECT_NE(error_of("  - {file: a.dng, kind: chart, ctc: 3000}\n").find("unknown key ctc, did you mean cct"), std::string::npos);
  EXPECT_NE(error_of("  - {file: ../a.dng, kind: chart}\n").find("inside the folder"), std::string::npos);
  EXPECT_NE(error_of("  - {file: /etc/passwd, kind: chart}\n").find("inside the folder"), std::string::npos);
  EXPECT_NE(error_of("  - {kind: chart}\n").find("without file"), std::string::npos);
  EXPECT_NE(error_of("  - {file: a.dng, kind: chart, chart: [0, 1]}\n").find("eight numbers"), std::string::npos);
  EXPECT_NE(error_of("  - [a, b]\n").find("expected a map"), std::string::npos);
  put("set.yaml", "argent_calibration_set: 2\ncaptures: []\n");
  EXPECT_THROW(load_calibration_set(folder_), Error);
  put("set.yaml", "argent_calibration_set: 1\n");
  EXPECT_THROW(load_calibration_set(folder_), Error);
}

TEST_F(CalibrationSetTest, NoFolderAndAnEmptyOne) {
  EXPECT_THROW(load_calibration_set(folder_ / "none"), Error);
  EXPECT_THROW(load_calibration_set(folder_), Error);
}

}  // namespace
}  // namespace argent
