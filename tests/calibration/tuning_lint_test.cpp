#include "calibration/lint/tuning_lint.h"

#include <gtest/gtest.h>

#include <string>

#include "calibration/profile/translation.h"
#include "tests/calibration/tuning_files.h"

namespace argent {
namespace {

std::string text_of(const TuningLint& lint) {
  std::string all;
  for (const Finding& finding : lint.findings) {
    all += std::to_string(finding.line) + " " + std::string(name_of(finding.severity)) + " " + finding.text + "\n";
  }
  return all;
}

std::string found_in(std::string_view text) { return text_of(lint_tuning_text(text, "a")); }

std::string changed(std::string text, std::string_view from, std::string_view to) {
  const std::size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return at == std::string::npos ? text : text.replace(at, from.size(), to);
}

TEST(TuningLint, ACleanTuningHasOnlyItsCommas) {
  for (bool pisp : {false, true}) {
    const TuningLint lint = lint_tuning_text(whole_tuning(pisp), "a");
    EXPECT_EQ(lint.count(Finding::Severity::kError), 0U) << text_of(lint);
    EXPECT_EQ(lint.count(Finding::Severity::kWarning), 3U) << text_of(lint);
    EXPECT_EQ(lint.kind, std::string("Raspberry Pi tuning, version 2, ") + (pisp ? "pisp" : "vc4"));
    EXPECT_EQ(lint.findings.at(0).line, 9);
  }
}

TEST(TuningLint, FindsAllOfThem) {
  std::string text = changed(whole_tuning(false), "\"black_level\": 4096", "\"black_levle\": 4096, \"black_level_r\": 70000");
  text = changed(std::move(text), "0.8682", "0.9682");
  text = changed(std::move(text), "2.32392", "2.52392");
  const std::string found = found_in(text);
  EXPECT_NE(found.find("4 warning rpi.black_level has an unknown key black_levle, did you mean black_level"), std::string::npos) << found;
  EXPECT_NE(found.find("4 error rpi.black_level.black_level_r = 70000, expected 0 to 65535"), std::string::npos) << found;
  EXPECT_NE(found.find("R/G rises from 0.9309 at 2498 K to 0.9682 at 2911 K"), std::string::npos) << found;
  EXPECT_NE(found.find("rows that sum to 1.2, 1, 1, expected 1"), std::string::npos) << found;
}

TEST(TuningLint, TheImporterHasTheLastWord) {
  const char* unequal =
      "argent_profile: 1\nshading:\n  - {cct: 3000, columns: 2, rows: 1, red: [1, 1], green: [1, 1], blue: [1, 1]}\n"
      "  - {cct: 5000, columns: 1, rows: 2, red: [1, 1], green: [1, 1], blue: [1, 1]}\n";
  EXPECT_EQ(found_in(unequal), "0 error shading[1] is 1x2, the first 2x1\n");
  EXPECT_NE(found_in("{\"version\": 2.0, \"target\": \"pisp\", \"algorithms\": [ {\"rpi.awb\": [1]} ]}")
                .find("rpi.awb is a list, expected an object"),
            std::string::npos);
}

TEST(TuningLint, LibcamerasFiles) {
  const std::string head = "version: 1\nalgorithms:\n  - Agc:\n";
  EXPECT_EQ(found_in(head), "");
  EXPECT_NE(found_in(head + "  - BlakLevel:\n").find("4 error unknown algorithm BlakLevel of any ISP, did you mean BlackLevel"),
            std::string::npos);
  EXPECT_NE(found_in(head + "  - BlackLevel:\n  - LensShadingCorrection:\n").find("of software ISP"), std::string::npos);
  EXPECT_NE(
      found_in(head +
               "  - Awb:\n      colourGains:\n        - ct: 3000\n          gains: [1, 2]\n        - ct: 3000\n          gains: [1, 2]\n")
          .find("there twice"),
      std::string::npos);
  EXPECT_NE(found_in(head + "  - LensShadingCorrection:\n      x-size: [0.1]\n      sets:\n        - ct: 5000\n          r: [1, 2]\n")
                .find("expected 8 that sum to 0.5"),
            std::string::npos);
  EXPECT_NE(found_in("version: 2\nalgorithms:\n  - Agc:\n").find("version 2, expected 1"), std::string::npos);
}

TEST(TuningLint, OurProfiles) {
  const std::string head = "argent_profile: 1\n";
  EXPECT_EQ(found_in(head), "");
  const std::string found = found_in(
      head +
      "blck: 3\nblack: 100\nwhite: 50\ncct_curve: [{cct: 4000, red: 0.5, blue: 0.5}]\nnoise: [{analogue_gain: 1, shot: 0, read: 0}]\n"
      "isp: {tone: {contrst: 1, contrast: 9}}\n");
  EXPECT_NE(found.find("2 error the profile has an unknown key blck, did you mean black"), std::string::npos) << found;
  EXPECT_NE(found.find("4 error white = 50 is not above black = 100"), std::string::npos) << found;
  EXPECT_NE(found.find("5 warning cct_curve has a single point"), std::string::npos) << found;
  EXPECT_NE(found.find("6 warning noise: shot is 0"), std::string::npos) << found;
  EXPECT_NE(found.find("7 error unknown key isp.tone.contrst, did you mean isp.tone.contrast"), std::string::npos) << found;
  EXPECT_NE(found.find("7 error isp.tone.contrast = 9 violates isp.tone.contrast <= 2"), std::string::npos) << found;
  EXPECT_NE(found_in(head + "shading: [{cct: 5000, columns: 2, rows: 1, red: [1, 0.5], green: [1], blue: [1, 1]}]")
                .find("has 1 gains, expected columns x rows = 2"),
            std::string::npos);
}

TEST(TuningLint, Dcps) {
  const std::string dcp = translate_tuning(whole_tuning(false), "a.json", TuningFormat::kDcp).bytes;
  EXPECT_EQ(found_in(dcp), "");
  EXPECT_NE(found_in(dcp.substr(0, 100)).find("error"), std::string::npos);
}

TEST(TuningLint, HostileFiles) {
  EXPECT_NE(found_in(std::string(100'000, '[')).find("error"), std::string::npos);
  EXPECT_NE(found_in(std::string("a\0b", 3)).find("is not a text"), std::string::npos);
  EXPECT_NE(found_in("").find("is no tuning"), std::string::npos);
  std::string many = "argent_profile: 1\n";
  for (int i = 0; i < 3000; i++) many += "key" + std::to_string(i) + ": 1\n";
  EXPECT_EQ(lint_tuning_text(many, "a").findings.size(), TuningLint::kMostFindings + 1);
  EXPECT_NE(text_of(lint_tuning("/nonexistent")).find("0 error no such file"), std::string::npos);
}

}  // namespace
}  // namespace argent
