#include "calibration/evaluation/focus_curves.h"

#include <gtest/gtest.h>

#include <cmath>
#include <fstream>

#include "models/runtime/error.h"

namespace argent {
namespace {

std::filesystem::path written(const std::string& name, const std::string& text) {
  const std::filesystem::path path = std::filesystem::path(testing::TempDir()) / name;
  std::ofstream(path) << text;
  return path;
}

std::string sweep(int peak) {
  std::string out;
  for (int i = 0; i < 100; i++) {
    const double d = (i - peak) / 1.5;
    out += "7," + std::to_string(peak) + "," + std::to_string(i) + "," + std::to_string(100 / (1 + d * d) + 1) + "\n";
  }
  return out;
}

TEST(FocusCurves, ReadsAndScores) {
  const auto curves = load_focus_curves(written("curves.csv", "seq,pos_peak_idx,pos_idx,SHARP\n" + sweep(37)), "SHARP");
  ASSERT_EQ(curves.size(), 1u);
  EXPECT_EQ(curves[0].peak, 37);
  EXPECT_EQ(curves[0].scores.size(), 100u);
  const auto rows = score_focus_curves(curves, {.measure = "SHARP", .visits = {20}, .seeds = 10});
  ASSERT_EQ(rows.size(), 3u);
  EXPECT_EQ(rows[0].runs, 10);
  EXPECT_EQ(rows[0].right, 1);
  EXPECT_LE(rows[0].visits, 20);
  EXPECT_EQ(rows[1].right, 1);
  EXPECT_EQ(rows[2].right, 0);
  EXPECT_EQ(rows[2].false_focused, 1);
}

TEST(FocusCurves, SaysWhatIsWrongWithAFile) {
  const auto message = [](const std::string& text) -> std::string {
    try {
      load_focus_curves(written("wrong.csv", text), "SHARP");
    } catch (const Error& error) {
      return error.what();
    }
    return "";
  };
  EXPECT_NE(message("seq,pos_peak_idx,pos_idx,OTHER\n").find("no column SHARP"), std::string::npos);
  EXPECT_NE(message("seq,pos_peak_idx,pos_idx,SHARP\n").find("no curves"), std::string::npos);
  EXPECT_NE(message("seq,pos_peak_idx,pos_idx,SHARP\n1,2,3\n").find("wrong.csv:2: found 3 columns"), std::string::npos);
  EXPECT_NE(message("seq,pos_peak_idx,pos_idx,SHARP\n1,2,3,x\n").find("expected a number"), std::string::npos);
  EXPECT_NE(message("seq,pos_peak_idx,pos_idx,SHARP\n1,2,3,1\n1,2,5,1\n").find("position 5, expected 4"), std::string::npos);
  EXPECT_THROW(load_focus_curves("/nowhere/at/all.csv", "SHARP"), Error);
}

}  // namespace
}  // namespace argent
