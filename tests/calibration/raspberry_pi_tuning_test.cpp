#include "calibration/profile/raspberry_pi_tuning.h"

#include <gtest/gtest.h>

#include <cstdlib>

#include "models/runtime/error.h"

namespace argent {
namespace {

// With the trailing commas that two production files have.
constexpr const char* kVersion2 = R"({
  "version": 2.0, "target": "pisp",
  "algorithms": [
    { "rpi.black_level": { "black_level": 3200 } },
    { "rpi.lux": { "reference_shutter_speed": 20716, "reference_gain": 1.12, "reference_aperture": 1.0, "reference_lux": 810,
                   "reference_Y": 13994 } },
    { "rpi.dpc": { } },
    { "rpi.awb": {
        "priors": [ { "lux": 0, "prior": [ 2000, 1.0, 3000, 0.0, 13000, 0.0 ] }, { "lux": 800, "prior": [ 2000, 0.0, 6000, 2.0, ] } ],
        "modes": { "auto": { "lo": 2500, "hi": 7700 }, "cloudy": { "lo": 7000, "hi": 7600 } },
        "bayes": 1,
        "ct_curve": [ 2964.0, 0.7451, 0.3213, 7590.0, 0.3847, 0.6921, ],
        "transverse_pos": 0.01752, } },
    { "rpi.ccm": { "ccms": [ { "ct": 2964, "ccm": [ 1.72129, -0.45961, -0.26169, -0.30042, 1.56924, -0.26882, 0.15133, -1.13293, 1.98161 ] } ] } },
  ]
})";

constexpr const char* kVersion1 = R"({
  "rpi.black_level": { "black_level": 4096 },
  "rpi.awb": { "ct_curve": [ 2964.0, 0.7451, 0.3213, 7590.0, 0.3847, 0.6921 ] }
})";

TEST(RaspberryPiTuning, Version2WithTrailingCommas) {
  const RaspberryPiTuning tuning = parse_raspberry_pi_tuning(kVersion2, "t");
  EXPECT_EQ(tuning.version, 2);
  EXPECT_EQ(tuning.target, "pisp");
  EXPECT_EQ((*tuning.camera.black)[2], 3200);
  EXPECT_EQ(tuning.camera.lux_reference.value().lux, 810);
  EXPECT_NEAR(tuning.camera.lux_reference.value().level, .2135, 1e-4);
  const AutoWhiteBalanceParams& awb = tuning.camera.aaa.white_balance;
  ASSERT_EQ(awb.prior.curve.size(), 2u);
  EXPECT_EQ(awb.prior.curve[1].blue, .6921f);
  ASSERT_EQ(awb.prior.lux_priors.size(), 2u);
  ASSERT_EQ(awb.prior.lux_priors[1].points.size(), 2u);
  EXPECT_EQ(awb.prior.lux_priors[1].points[1].log_probability, 2);
  EXPECT_EQ(awb.prior.transverse_positive, .01752f);
  EXPECT_EQ(awb.modes.automatic.max, 7700);
  EXPECT_EQ(awb.modes.cloudy.max, 7600);
  EXPECT_EQ(awb.modes.indoor.max, 5000);  // not in the file
  ASSERT_EQ(tuning.camera.isp.corrections.size(), 1u);
  EXPECT_NEAR(tuning.camera.isp.corrections[0].camera_to_srgb[4], 1.56924, 1e-4);
}

TEST(RaspberryPiTuning, Version1) {
  const RaspberryPiTuning tuning = parse_raspberry_pi_tuning(kVersion1, "t");
  EXPECT_EQ(tuning.version, 1);
  EXPECT_EQ(tuning.target, "bcm2835");
  EXPECT_EQ(tuning.camera.aaa.white_balance.prior.curve.size(), 2u);
}

TEST(RaspberryPiTuning, SensitivitiesMakeTheCurveThisSensors) {
  const RaspberryPiTuning tuning = parse_raspberry_pi_tuning(
      R"({"rpi.awb": {"ct_curve": [3000, 0.8, 0.3, 6000, 0.4, 0.6], "transverse_pos": 0.02, "sensitivity_r": 1.25, "sensitivity_b": 0.8}})",
      "t");
  const IlluminantPrior& prior = tuning.camera.aaa.white_balance.prior;
  EXPECT_FLOAT_EQ(prior.curve[0].red, 0.64f);
  EXPECT_FLOAT_EQ(prior.curve[1].blue, 0.75f);
  EXPECT_FLOAT_EQ(prior.transverse_positive, 0.02f);
}

TEST(RaspberryPiTuning, RefusesWhatItIsNot) {
  for (const char* text :
       {"", "[]", "{}", R"({"version": 2.0, "algorithms": 3})", R"({"rpi.awb": {"ct_curve": [3000, 1]}})",
        R"({"rpi.awb": {"ct_curve": [3000, 1, "x"]}})", R"({"rpi.awb": {"ct_curve": [3000, 1, 1, 2000, 1, 1]}})",
        R"({"rpi.ccm": {"ccms": [{"ct": 3000, "ccm": [1, 0, 0]}]}})",
        R"({"rpi.alsc": {"calibrations_Cr": [{"ct": 3000, "table": [1]}], "calibrations_Cb": [{"ct": 3000, "table": [1]}]}})",
        R"({"rpi.awb": {"ct_curve": [3000, 1, 1, 4000, 1, 1], "sensitivity_r": 0}})",
        R"({"rpi.awb": {"modes": {"auto": {"lo": 5000, "hi": 3000}}}})"}) {
    EXPECT_THROW(parse_raspberry_pi_tuning(text, "t"), Error) << text;
  }
}

TEST(RaspberryPiTuning, RealFiles) {
  const char* data = std::getenv("ARGENT_DATA");
  const std::filesystem::path root = data ? data : ARGENT_SOURCE_DIR "/../shared/data";
  int files = 0;
  for (const char* target : {"pisp", "vc4"}) {
    const std::filesystem::path folder = root / "awb/pi_tunings" / target;
    if (!std::filesystem::exists(folder)) GTEST_SKIP() << folder << " is not here";
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
      const RaspberryPiTuning tuning = load_raspberry_pi_tuning(entry.path());
      EXPECT_GE(tuning.camera.aaa.white_balance.prior.curve.size(), 5u) << entry.path();
      EXPECT_FALSE(tuning.camera.isp.corrections.empty()) << entry.path();
      EXPECT_FALSE(tuning.camera.isp.shading.empty()) << entry.path();
      EXPECT_TRUE(tuning.camera.lux_reference) << entry.path();
      files++;
    }
  }
  EXPECT_EQ(files, 14);
}

}  // namespace
}  // namespace argent
