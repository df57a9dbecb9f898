#include "calibration/profile/camera_profile.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>
#include <functional>
#include <string>

#include "aaa/illuminants/light_model.h"
#include "models/runtime/error.h"

namespace argent {
namespace {

namespace fs = std::filesystem;

constexpr const char* kWhole = R"(# everything a profile can say
argent_profile: 1
name: "imx219: no. 7"
native_size: [3280, 2464]
black: [64, 64.5, 64.25, 65]
white: 1023
matrices:
  - {illuminant: A, xyz_to_camera: [1.2, -0.4, -0.1, -0.5, 1.4, 0.1, -0.1, 0.2, 0.6]}
  - cct: 6500
    xyz_to_camera: [1, -0.3, -0.1, -0.4, 1.3, 0.1, -0.1, 0.3, 0.7]
corrections:
  - {cct: 3000, camera_to_srgb: [1.8, -0.6, -0.2, -0.3, 1.5, -0.2, 0, -0.5, 1.5]}
cct_curve:
  - {cct: 2500, red: 0.9, blue: 0.3}
  - {cct: 6000, red: 0.5, blue: 0.6}
transverse: {positive: 0.02, negative: 0.03}
lux_priors:
  - {lux: 0, points: [2000, 1, 3000, 0.5]}
  - {lux: 800, points: [2000, 0]}
awb_modes: {auto: [2600, 6000], cloudy: [6500, 7000]}
lux_reference: {lux: 800, exposure_us: 20000, level: 0.25}
noise:
  - {analogue_gain: 1, shot: 0.001, read: 0.00001}
  - {analogue_gain: 16, shot: 0.016, read: 0.00256}
shading:
  - {cct: 4000, columns: 2, rows: 2, red: [1, 1.5, 2, 2.5], green: [1, 1, 1, 1], blue: [3, 1, 1, 1]}
lens_map:
  - {dioptres: 0, code: 445}
  - {dioptres: 15, code: 925.5}
delays: {exposure: 3, gain: 1}
gain_table:
  - {asked: 1, actual: 1}
  - {asked: 8, actual: 7.75}
isp:
  statistics: {columns: 16, rows: 12}
  tone: {contrast: 1.5}
aaa:
  ae: {target: 0.2}
  awb: {damping_seconds: 0.5}
)";

std::string error_of(const std::function<void()>& action) {
  try {
    action();
  } catch (const Error& error) {
    return error.what();
  }
  return "no error";
}

std::string error_of_text(const std::string& body) {
  return error_of([&] { parse_profile("argent_profile: 1\n" + body, "c.yaml"); });
}

std::string text(const CameraProfile& profile) { return write_profile(profile); }

TEST(CameraProfile, ReadsEverything) {
  const CameraProfile profile = parse_profile(kWhole, "c.yaml");
  EXPECT_EQ(profile.name, "imx219: no. 7");
  EXPECT_EQ(profile.native_size, (Size{3280, 2464}));
  EXPECT_EQ(profile.black, (std::array{64.0f, 64.5f, 64.25f, 65.0f}));
  EXPECT_EQ(profile.white, (std::array{1023.0f, 1023.0f, 1023.0f, 1023.0f}));
  ASSERT_EQ(profile.matrices.size(), 2U);
  EXPECT_NEAR(profile.matrices[0].cct, 2856, 10) << "CIE's illuminant A";
  EXPECT_EQ(profile.matrices[1].cct, 6500);
  EXPECT_EQ(profile.matrices[1].xyz_to_camera, (Mat3{1, -0.3f, -0.1f, -0.4f, 1.3f, 0.1f, -0.1f, 0.3f, 0.7f}));
  ASSERT_EQ(profile.isp.corrections.size(), 1U);
  EXPECT_EQ(profile.isp.corrections[0].camera_to_srgb[8], 1.5f);
  ASSERT_EQ(profile.aaa.white_balance.prior.curve.size(), 2U);
  EXPECT_EQ(profile.aaa.white_balance.prior.curve[1].blue, 0.6f);
  const IlluminantPrior& prior = profile.aaa.white_balance.prior;
  EXPECT_EQ(prior.transverse_negative, 0.03f);
  ASSERT_EQ(prior.lux_priors.size(), 2U);
  EXPECT_EQ(prior.lux_priors[0].points.at(1).log_probability, 0.5f);
  EXPECT_EQ(profile.aaa.white_balance.modes.automatic.max, 6000);
  EXPECT_EQ(profile.aaa.white_balance.modes.cloudy.min, 6500);
  EXPECT_EQ(profile.aaa.white_balance.modes.indoor.min, 3000) << "absent keeps its default";
  EXPECT_EQ(profile.lux_reference.value().exposure_us, 20000);
  EXPECT_EQ(profile.lux_reference.value().aperture, 1);
  ASSERT_EQ(profile.noise.size(), 2U);
  EXPECT_EQ(profile.noise[1].noise.shot, 0.016f);
  ASSERT_EQ(profile.lens_map.size(), 2U);
  EXPECT_EQ(profile.lens_map[1].dioptres, 15);
  EXPECT_EQ(profile.lens_map[1].code, 925.5f);
  EXPECT_EQ(profile.delays, (SettingsDelays{3, 1}));
  EXPECT_EQ(profile.gain_table, (std::vector<GainTable::Point>{{1, 1}, {8, 7.75f}}));
  ASSERT_EQ(profile.isp.shading.size(), 1U);
  EXPECT_EQ(profile.isp.shading[0].columns, 2);
  EXPECT_EQ(profile.isp.shading[0].gains[0], (std::vector<float>{1, 1.5f, 2, 2.5f}));
  EXPECT_EQ(profile.isp.shading[0].gains[2][0], 3);
  EXPECT_EQ(profile.isp.statistics.columns, 16);
  EXPECT_EQ(profile.isp.tone.contrast, 1.5f);
  EXPECT_EQ(profile.aaa.exposure.target, 0.2f);
  EXPECT_EQ(profile.aaa.white_balance.damping_seconds, 0.5f);
  EXPECT_EQ(profile.isp.highlights.threshold, HighlightParams().threshold) << "absent keeps its default";
}

TEST(CameraProfile, WhatIsWrittenReadsBackEqual) {
  CameraProfile profile = parse_profile(kWhole, "c.yaml");
  profile.matrices[0].xyz_to_camera[0] = 1.0f / 3;
  profile.isp.shading[0].gains[1][2] = 1.0f + 1.0f / 7;
  profile.noise[0].noise.read = 1.2345e-11f;
  const CameraProfile other = parse_profile(text(profile), "d.yaml");
  EXPECT_EQ(text(other), text(profile));
  EXPECT_EQ(other.name, profile.name);
  EXPECT_EQ(other.native_size, profile.native_size);
  EXPECT_EQ(other.black, profile.black);
  EXPECT_EQ(other.white, profile.white);
  EXPECT_EQ(other.matrices[0].cct, profile.matrices[0].cct);
  EXPECT_EQ(other.matrices[0].xyz_to_camera, profile.matrices[0].xyz_to_camera);
  EXPECT_EQ(other.isp.corrections[0].camera_to_srgb, profile.isp.corrections[0].camera_to_srgb);
  EXPECT_EQ(other.isp.shading[0].gains, profile.isp.shading[0].gains);
  EXPECT_EQ(other.noise[0].noise.read, profile.noise[0].noise.read);
  EXPECT_EQ(other.aaa.white_balance.prior.curve[0].red, 0.9f);
  EXPECT_EQ(other.lens_map[1].code, 925.5f);
  EXPECT_EQ(other.delays, profile.delays);
  EXPECT_EQ(other.gain_table, profile.gain_table);
  EXPECT_EQ(other.aaa.exposure.target, 0.2f);
  EXPECT_EQ(other.aaa.white_balance.prior.lux_priors[1].lux, 800);
  EXPECT_EQ(other.aaa.white_balance.modes.automatic.min, 2600);
  EXPECT_EQ(other.lux_reference.value().level, 0.25f);
}

TEST(CameraProfile, SaysOnlyWhatItKnows) {
  const CameraProfile profile = parse_profile("argent_profile: 1", "c.yaml");
  EXPECT_FALSE(profile.black || profile.white || profile.native_size);
  EXPECT_TRUE(profile.lens_map.empty() && profile.gain_table.empty() && !profile.delays);
  EXPECT_TRUE(profile.matrices.empty() && profile.noise.empty() && profile.isp.shading.empty());
  EXPECT_EQ(text(parse_profile(text(profile), "d.yaml")), text(profile));
  EXPECT_EQ(text(profile).find("matrices"), std::string::npos);
}

TEST(CameraProfile, TheSchemaVersionIsRequired) {
  EXPECT_EQ(error_of([] { parse_profile("name: x", "c.yaml"); }), "c.yaml: has no schema version, expected argent_profile: 1");
  EXPECT_EQ(error_of([] { parse_profile("name: x\nargent_profile: 2", "c.yaml"); }),
            "c.yaml:2: schema version 2, expected argent_profile: 1");
  EXPECT_EQ(error_of([] { parse_profile("", "c.yaml"); }), "c.yaml:1: the profile is empty, expected a map");
  EXPECT_EQ(error_of([] { parse_profile("- 1", "c.yaml"); }), "c.yaml:1: the profile is a list, expected a map");
}

TEST(CameraProfile, ErrorsSayWhereAndWhat) {
  EXPECT_EQ(error_of_text("matrixes: []"), "c.yaml:2: unknown key matrixes, did you mean matrices");
  EXPECT_EQ(error_of_text("matrices:\n  - {cct: 5000, xyz_to_camra: [1]}"),
            "c.yaml:3: unknown key matrices[0].xyz_to_camra, did you mean matrices[0].xyz_to_camera");
  EXPECT_EQ(error_of_text("aaa: {focus: {lens: {lag: 1}}}"), "c.yaml:2: unknown key aaa.focus, expected one of aaa.ae, aaa.awb, aaa.af");
  EXPECT_EQ(error_of_text("isp:\n  tone:\n    contrst: 1"), "c.yaml:4: unknown key isp.tone.contrst, did you mean isp.tone.contrast");
  EXPECT_EQ(error_of_text("isp:\n  tone:\n    contrast: 0.4"), "c.yaml:4: isp.tone.contrast = 0.4 violates isp.tone.contrast >= 1");
  EXPECT_EQ(error_of_text("isp: {output: {scale: 1}}").substr(0, 33), "c.yaml:2: unknown key isp.output,");
  EXPECT_EQ(error_of_text("black: dark"), "c.yaml:2: black = dark, expected a number");
  EXPECT_EQ(error_of_text("black: [1, 2, 3]"), "c.yaml:2: black has 3 numbers, expected 4");
  EXPECT_EQ(error_of_text("white: nan"), "c.yaml:2: white = nan, expected a finite number");
  EXPECT_EQ(error_of_text("native_size: [100]"), "c.yaml:2: native_size has 1 numbers, expected 2");
  EXPECT_EQ(error_of_text("native_size: [1e9, 5]"), "c.yaml:2: native_size expected two whole numbers from 1 to 65535");
  EXPECT_EQ(error_of_text("name: [a]"), "c.yaml:2: name is a list, expected a text");
  EXPECT_EQ(error_of_text("matrices: {cct: 1}"), "c.yaml:2: matrices is a map, expected a list");
  EXPECT_EQ(error_of_text("matrices: [3]"), "c.yaml:2: matrices[0] is a single value, expected a map");
  EXPECT_EQ(error_of_text("matrices:\n  - cct: 5000\n"), "c.yaml:3: matrices[0] lacks xyz_to_camera");
  EXPECT_EQ(error_of_text("matrices:\n  - xyz_to_camera: [1, 0, 0, 0, 1, 0, 0, 0, 1]\n"), "c.yaml:3: matrices[0] lacks cct");
  EXPECT_EQ(error_of_text("matrices:\n  - {cct: 5000, xyz_to_camera: [1, 2]}\n"),
            "c.yaml:3: matrices[0].xyz_to_camera has 2 numbers, expected 9");
  EXPECT_EQ(error_of_text("matrices:\n  - {illuminant: candle, xyz_to_camera: [1, 0, 0, 0, 1, 0, 0, 0, 1]}\n"),
            "c.yaml:3: matrices[0].illuminant = candle, expected A, D50, D55, D65, D75 or kelvin");
  EXPECT_EQ(error_of_text("name: a\nname: b\n"), "c.yaml:3: key name is given twice");
  EXPECT_EQ(error_of_text("black: &b 3\nwhite: *b\n"), "c.yaml:2: anchors are not accepted");
  EXPECT_EQ(error_of_text("black: {").substr(0, 7), "c.yaml:");
}

TEST(CameraProfile, TablesAreChecked) {
  const std::string eye = "[1, 0, 0, 0, 1, 0, 0, 0, 1]";
  EXPECT_EQ(error_of_text("black: 100\nwhite: 100"), "c.yaml: white = 100 is not above black = 100");
  EXPECT_EQ(error_of_text("black: -1"), "c.yaml: black = -1, expected 0 to 65535");
  EXPECT_EQ(error_of_text("matrices: [{cct: 5000, xyz_to_camera: " + eye + "}, {cct: 5000, xyz_to_camera: " + eye + "}]"),
            "c.yaml: matrices[1].cct = 5000 does not exceed the 5000 before it");
  EXPECT_EQ(error_of_text("matrices: [{cct: 50, xyz_to_camera: " + eye + "}]"), "c.yaml: matrices[0].cct = 50, expected 1000 to 100000");
  EXPECT_EQ(error_of_text("matrices: [{cct: 5000, xyz_to_camera: [1, 2, 3, 2, 4, 6, 0, 0, 1]}]"),
            "c.yaml: matrices[0].xyz_to_camera is singular");
  EXPECT_EQ(error_of_text("corrections: [{cct: 5000, camera_to_srgb: [2, 0, 0, 0, 1, 0, 0, 0, 1]}]"),
            "c.yaml: corrections[0].camera_to_srgb has a row that sums to 2, expected 1");
  EXPECT_EQ(error_of_text("cct_curve: [{cct: 5000, red: 0, blue: 1}]"), "c.yaml: cct_curve[0].red = 0, expected a positive number");
  EXPECT_EQ(error_of_text("cct_curve: [{cct: 5000, red: 1, blue: 1}, {cct: 4000, red: 1, blue: 1}]"),
            "c.yaml: cct_curve[1].cct = 4000 does not exceed the 5000 before it");
  EXPECT_EQ(error_of_text("noise: [{analogue_gain: 1, shot: -1, read: 0}]"), "c.yaml: noise[0].shot = -1, expected a number from 0 up");
  EXPECT_EQ(error_of_text("noise: [{analogue_gain: 2, shot: 1, read: 0}, {analogue_gain: 1, shot: 1, read: 0}]"),
            "c.yaml: noise[1].analogue_gain = 1 does not exceed the 2 before it");
  EXPECT_EQ(error_of_text("lux_priors: [{lux: 5, points: [2000, 0]}, {lux: 5, points: [2000, 0]}]"),
            "c.yaml: lux_priors[1].lux = 5 does not exceed the 5 before it");
  EXPECT_EQ(error_of_text("lux_priors: [{lux: 5, points: [2000, 0, 1000, 0]}]"),
            "c.yaml: lux_priors[0].points[1].cct = 1000 does not exceed the 2000 before it");
  EXPECT_EQ(error_of_text("lux_priors: [{lux: 5, points: [2000]}]"), "c.yaml:2: lux_priors[0].points has 1 numbers, expected pairs");
  EXPECT_EQ(error_of_text("awb_modes: {auto: [5000, 4000]}"), "c.yaml: awb_modes.auto is 5000 to 4000, expected rising kelvin");
  EXPECT_EQ(error_of_text("awb_modes: {clody: [5000, 4000]}"), "c.yaml:2: unknown key awb_modes.clody, did you mean awb_modes.cloudy");
  EXPECT_EQ(error_of_text("lux_reference: {lux: 0, exposure_us: 1, level: 1}"),
            "c.yaml: lux_reference.lux = 0, expected a positive number");
  EXPECT_EQ(error_of_text("lux_reference: {lux: 1, exposure_us: 1}"), "c.yaml:2: lux_reference lacks level");
  EXPECT_EQ(error_of_text("transverse: {positive: -1, negative: 0}"), "c.yaml: transverse.positive = -1, expected a number from 0 up");
  const auto mesh = [](const std::string& size, const std::string& red) {
    return "shading: [{cct: 5000, " + size + ", red: [" + red + "], green: [1, 1], blue: [1, 1]}]";
  };
  EXPECT_EQ(error_of_text(mesh("columns: 2, rows: 1", "1, 1")), "no error");
  EXPECT_EQ(error_of_text(mesh("columns: 2, rows: 1", "1, 1, 1")), "c.yaml: shading[0] of 2x1 has 3 gains in a channel");
  EXPECT_EQ(error_of_text(mesh("columns: 2, rows: 1", "1, 0.9")), "c.yaml: shading[0] has the gain 0.9, expected 1 or more");
  EXPECT_EQ(error_of_text(mesh("columns: 100000, rows: 100000", "1, 1")), "c.yaml: shading[0].columns = 100000, expected 1 to 1024");
  EXPECT_EQ(error_of_text(mesh("columns: 0, rows: 1", "1")), "c.yaml: shading[0].columns = 0, expected 1 to 1024");
}

TEST(CameraProfile, LensDelaysAndGainsAreChecked) {
  EXPECT_EQ(error_of_text("lens_map: [{dioptres: 0, code: 1}]"),
            "c.yaml: lens_map: a lens needs at least 2 points of dioptres and code, found 1");
  EXPECT_EQ(error_of_text("lens_map: [{dioptres: 0, code: 1}, {dioptres: 1, code: 1}]").substr(0, 36),
            "c.yaml: lens_map: the points of a le");
  EXPECT_EQ(error_of_text("lens_map: [{dioptres: -1, code: 1}, {dioptres: 1, code: 2}]"),
            "c.yaml: lens_map[0].dioptres = -1, expected 0 to 100");
  EXPECT_EQ(error_of_text("lens_map: [{dioptres: 0, code: 1}, {dioptres: 1, code: 1e9}]").substr(0, 27), "c.yaml: lens_map[1].code = ");
  EXPECT_EQ(error_of_text("lens_map: [{dioptre: 0, code: 1}]"),
            "c.yaml:2: unknown key lens_map[0].dioptre, did you mean lens_map[0].dioptres");
  EXPECT_EQ(error_of_text("delays: {exposure: 2}"), "c.yaml:2: delays lacks gain");
  EXPECT_EQ(error_of_text("delays: {exposure: 2, gain: 11}"), "c.yaml: delays.gain = 11, expected 0 to 10");
  EXPECT_EQ(error_of_text("delays: [2, 1]"), "c.yaml:2: delays is a list, expected a map");
  EXPECT_EQ(error_of_text("delays: {exposure: 1.5, gain: 1}").substr(0, 32), "c.yaml:2: delays.exposure = 1.5,");
  EXPECT_EQ(error_of_text("gain_table: [{asked: 1, actual: 1}, {asked: 2, actual: 0.5}]"),
            "c.yaml: gain_table: the points of a gain table must rise in asked, and actual must not fall");
  EXPECT_EQ(error_of_text("gain_table: [{asked: 0, actual: 1}]"),
            "c.yaml: gain_table: a gain table holds a gain that is no positive number");
}

TEST(CameraProfile, AppliesToAFrame) {
  const CameraProfile profile = parse_profile(kWhole, "c.yaml");
  const auto noise_at = [&](float gain) {
    RawFrame frame;
    frame.applied.settings.analogue_gain = gain;
    apply(profile, frame);
    return frame.sensor.noise;
  };
  RawFrame frame;
  frame.applied.settings.analogue_gain = 4;
  apply(profile, frame);
  EXPECT_EQ(frame.sensor.black, *profile.black);
  EXPECT_EQ(frame.sensor.white, *profile.white);
  ASSERT_EQ(frame.sensor.matrices.size(), 2U);
  EXPECT_EQ(frame.sensor.matrices[1].cct, 6500);
  EXPECT_NEAR(frame.sensor.noise.shot, 0.004f, 1e-6f) << "proportional to the gain";
  EXPECT_NEAR(frame.sensor.noise.read, 0.00016f, 1e-7f) << "proportional to its square";
  EXPECT_EQ(noise_at(1).shot, 0.001f);
  EXPECT_EQ(noise_at(0.5f).shot, 0.001f);
  EXPECT_EQ(noise_at(16).read, 0.00256f);
  EXPECT_EQ(noise_at(100).read, 0.00256f);
}

TEST(CameraProfile, WhatIsNotKnownLeavesTheFrameAlone) {
  RawFrame frame;
  frame.sensor.black = {1, 2, 3, 4};
  frame.sensor.white = {100, 100, 100, 100};
  frame.sensor.matrices = {{5000, kIdentity3}};
  frame.sensor.noise = {0.5f, 0.25f};
  apply(CameraProfile(), frame);
  EXPECT_EQ(frame.sensor.black, (std::array{1.0f, 2.0f, 3.0f, 4.0f}));
  EXPECT_EQ(frame.sensor.white[0], 100);
  EXPECT_EQ(frame.sensor.matrices.size(), 1U);
  EXPECT_EQ(frame.sensor.noise.shot, 0.5f);
}

TEST(CameraProfile, NamesWeightsBesideIt) {
  const fs::path folder = fs::temp_directory_path() / ("argent_camera_profile_weights_" + std::to_string(::getpid()));
  fs::create_directories(folder);
  CameraProfile profile;
  profile.aaa.white_balance.weights = "own.safetensors";
  save_profile(profile, folder / "c.yaml");
  EXPECT_EQ(error_of([&] { load_profile(folder / "c.yaml"); }).find((folder / "own.safetensors").string() + ": "), 0u);
  LightModel(3).save(folder / "own.safetensors", {}, Overwrite::kNo);
  const CameraProfile loaded = load_profile(folder / "c.yaml");
  ASSERT_NE(loaded.aaa.white_balance.model, nullptr);

  Statistics statistics;
  for (std::size_t i = 0; i < statistics.zones.size(); i++) {
    auto& zone = statistics.zones[i];
    zone.unclipped = {.2f + .01f * static_cast<float>(i % 7), .4f, .2f + .01f * static_cast<float>(i % 5)};
    zone.count = zone.unclipped_count = {1, 1, 1};
  }
  IlluminantPrior prior;
  prior.curve = {{2964, .7451f, .3213f}, {7590, .3847f, .6921f}};
  EXPECT_NE(make_illuminant_estimator("learned_zones", loaded.aaa.white_balance.model)->estimate(statistics, prior).mean,
            make_illuminant_estimator("learned_zones")->estimate(statistics, prior).mean);
  EXPECT_EQ(make_illuminant_estimator("bayes", loaded.aaa.white_balance.model)->estimate(statistics, prior),
            make_illuminant_estimator("bayes")->estimate(statistics, prior));
  fs::remove_all(folder);
}

TEST(CameraProfile, NamesADcpBesideIt) {
  CameraProfile profile = parse_profile("argent_profile: 1\ndcp: own.dcp\n", "c.yaml");
  EXPECT_EQ(profile.dcp, "own.dcp");
  EXPECT_EQ(parse_profile(write_profile(profile), "c.yaml").dcp, "own.dcp");
  EXPECT_EQ(error_of([&] { load_profile("/nonexistent/c.yaml"); }).find("/nonexistent/c.yaml"), 0u);
  profile.matrices = {{5000, {2, 0, 0, 0, 1, 0, 0, 0, 1}}};
  EXPECT_EQ(error_of([&] { check(profile, "c.yaml"); }), "c.yaml: dcp is given beside matrices or corrections, expected one of them");

  // Matrices of a profile take the place of a DNG's whole color; a DCP does, too.
  RawFrame frame;
  DngProfile own;
  own.illuminants[0].color_matrix = kIdentity3;
  own.tone_curve = {{0, 0}, {1, 1}};
  frame.dng_profile = std::make_shared<const DngProfile>(own);
  profile.dcp.clear();
  apply(profile, frame);
  EXPECT_FALSE(frame.dng_profile->illuminants[0].color_matrix);
  EXPECT_TRUE(frame.dng_profile->tone_curve.empty());
  profile.matrices.clear();
  profile.color = std::make_shared<const DngProfile>(own);
  apply(profile, frame);
  EXPECT_EQ(frame.dng_profile->tone_curve.size(), 2u);
}

TEST(CameraProfile, FilesAreSavedWholeAndLoaded) {
  const fs::path folder = fs::temp_directory_path() / ("argent_camera_profile_test_" + std::to_string(::getpid()));
  fs::create_directories(folder);
  const fs::path path = folder / "c.yaml";
  CameraProfile profile = parse_profile(kWhole, "c.yaml");
  save_profile(profile, path);
  EXPECT_EQ(text(load_profile(path)), text(profile));

  const std::string first = profile.name;
  profile.name = "another";
  EXPECT_EQ(error_of([&] { save_profile(profile, path); }), path.string() + ": exists already and is not to be overwritten");
  EXPECT_EQ(load_profile(path).name, first);
  save_profile(profile, path, Overwrite::kYes);
  EXPECT_EQ(load_profile(path).name, "another");

  profile.black = profile.white;
  EXPECT_NE(error_of([&] { save_profile(profile, path, Overwrite::kYes); }).find("is not above black"), std::string::npos);
  EXPECT_EQ(load_profile(path).black, (std::array{64.0f, 64.5f, 64.25f, 65.0f})) << "a bad one is not written";

  EXPECT_EQ(error_of([&] { load_profile(folder / "none.yaml"); }), (folder / "none.yaml").string() + ": no such file");
  EXPECT_EQ(error_of([&] { load_profile(folder); }), folder.string() + ": is not a file");
  EXPECT_EQ(error_of([&] { load_profile("/dev/zero"); }), "/dev/zero: is not a file");
  std::ofstream(folder / "big.yaml") << std::string(8'000'001, '#');
  EXPECT_EQ(error_of([&] { load_profile(folder / "big.yaml"); }), (folder / "big.yaml").string() + ": more than 8000000 bytes");
  EXPECT_EQ(std::distance(fs::directory_iterator(folder), fs::directory_iterator()), 2);
  fs::remove_all(folder);
}

}  // namespace
}  // namespace argent
