#include "calibration/profile/translation.h"

#include <gtest/gtest.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "calibration/profile/dcp_file.h"
#include "models/runtime/error.h"
#include "tests/calibration/tuning_files.h"

namespace argent {
namespace {

std::string remarks_of(const TuningText& made) {
  std::string all;
  for (const std::string& remark : made.remarks) all += remark + "\n";
  return all;
}

std::string error_of(std::string_view bytes, TuningFormat to) {
  try {
    translate_tuning(bytes, "a.json", to);
  } catch (const Error& error) {
    return error.what();
  }
  return "no error";
}

const nlohmann::ordered_json* find(const nlohmann::ordered_json& document, const char* name) {
  for (const auto& entry : document["algorithms"]) {
    if (entry.contains(name)) return &entry[name];
  }
  return nullptr;
}

void expect_same(const std::vector<ShadingMesh>& a, const std::vector<ShadingMesh>& b, float tolerance) {
  ASSERT_EQ(a.size(), b.size());
  for (std::size_t i = 0; i < a.size(); i++) {
    EXPECT_EQ(a[i].cct, b[i].cct);
    for (std::size_t c = 0; c < 3; c++) {
      ASSERT_EQ(a[i].gains[c].size(), b[i].gains[c].size());
      for (std::size_t k = 0; k < a[i].gains[c].size(); k++)
        ASSERT_NEAR(a[i].gains[c][k], b[i].gains[c][k], tolerance) << i << " " << c << " " << k;
    }
  }
}

TEST(Translation, TellsWhatAFileIs) {
  EXPECT_EQ(tuning_format_of("argent_profile: 1", "a"), TuningFormat::kArgent);
  EXPECT_EQ(tuning_format_of(whole_tuning(true), "a"), TuningFormat::kPiPisp);
  EXPECT_EQ(tuning_format_of(R"({"rpi.awb": {}})", "a"), TuningFormat::kPiVc4);
  EXPECT_EQ(tuning_format_of("version: 1\nalgorithms:\n  - BlackLevel:\n", "a"), TuningFormat::kSimple);
  EXPECT_EQ(tuning_format_of("version: 1\nalgorithms:\n  - Agc:\n", "a"), TuningFormat::kRkisp1);
  EXPECT_EQ(tuning_format_of("IIRC", "a"), TuningFormat::kDcp);
  EXPECT_EQ(tuning_format_of("a: 1", "a"), std::nullopt);
  EXPECT_EQ(tuning_format_of_name("pi-vc4"), TuningFormat::kPiVc4);
  EXPECT_THROW(tuning_format_of_name("pi"), Error);
}

TEST(Translation, ToOursAndBackKeepsWhatAProfileKnows) {
  for (bool pisp : {false, true}) {
    const std::string text = whole_tuning(pisp);
    const CameraProfile before = import_tuning(text, "a.json").profile;
    const TuningText ours = translate_tuning(text, "a.json", TuningFormat::kArgent);
    const TuningText back = translate_tuning(ours.bytes, "a.yaml", pisp ? TuningFormat::kPiPisp : TuningFormat::kPiVc4);
    const CameraProfile after = import_tuning(back.bytes, "b.json").profile;
    EXPECT_EQ(after.black, before.black);
    expect_same(after.isp.shading, before.isp.shading, 1e-4f);
    EXPECT_EQ(after.isp.corrections.size(), 2U);
    EXPECT_NEAR(after.isp.corrections[1].camera_to_srgb[1], before.isp.corrections[1].camera_to_srgb[1], 1e-5f);
    const AutoWhiteBalanceParams &a = after.aaa.white_balance, &b = before.aaa.white_balance;
    ASSERT_EQ(a.prior.curve.size(), 4U);
    EXPECT_EQ(a.prior.curve[2].red, b.prior.curve[2].red);
    EXPECT_EQ(a.prior.lux_priors[1].points[1].log_probability, 2);
    EXPECT_EQ(a.prior.transverse_negative, b.prior.transverse_negative);
    EXPECT_EQ(a.modes.daylight.min, 5000);
    EXPECT_NEAR(after.noise[0].noise.shot / before.noise[0].noise.shot, 1, 1e-4);
    EXPECT_EQ(after.lux_reference.value().exposure_us, 27685);
    EXPECT_NEAR(after.lux_reference.value().level, before.lux_reference.value().level, 1e-5);
    const auto document = nlohmann::ordered_json::parse(back.bytes);
    ASSERT_NE(find(document, "rpi.agc"), nullptr) << "a camera has to be exposed";
    EXPECT_EQ((*find(document, "rpi.agc"))["metering_modes"]["matrix"]["weights"].size(), pisp ? 225U : 15U);
  }
}

TEST(Translation, EditsARaspberryPisDocument) {
  const TuningText same = translate_tuning(whole_tuning(false), "a.json", TuningFormat::kPiVc4);
  EXPECT_TRUE(same.remarks.empty());
  EXPECT_NE(same.bytes.find("1.50"), std::string::npos) << "digits stay as they are";
  const auto document = nlohmann::ordered_json::parse(same.bytes);  // strict: no commas too many
  EXPECT_EQ((*find(document, "x.mine"))["word"], "5");
  EXPECT_EQ((*find(document, "x.mine"))["list"][1][1], 3);
  EXPECT_EQ(document["algorithms"].size(), 10U);

  const TuningText other = translate_tuning(whole_tuning(false), "a.json", TuningFormat::kPiPisp);
  const auto turned = nlohmann::ordered_json::parse(other.bytes);
  EXPECT_EQ(turned["target"], "pisp");
  EXPECT_EQ((*find(turned, "rpi.alsc"))["calibrations_Cr"][1]["table"].size(), 1024U);
  EXPECT_EQ((*find(turned, "rpi.denoise"))["normal"]["sdn"]["deviation"], 3.2);
  EXPECT_EQ((*find(turned, "rpi.alsc"))["omega"], 1.3);
  EXPECT_NE(remarks_of(other).find("tables resampled from 16x12 to 32x32"), std::string::npos);
  // The lens is smooth: there and back differs by what a line between two cells is off.
  const CameraProfile home = import_tuning(translate_tuning(other.bytes, "b.json", TuningFormat::kPiVc4).bytes, "c.json").profile;
  expect_same(home.isp.shading, import_tuning(whole_tuning(false), "a.json").profile.isp.shading, 0.03f);
}

TEST(Translation, ABaseGivesWhatAProfileHasNot) {
  const TuningText made = translate_tuning(
      "argent_profile: 1\nblack: 64\nwhite: 1023\ncct_curve: [{cct: 3000, red: 0.8, blue: 0.4}, {cct: 6000, red: 0.5, blue: 0.7}]\n",
      "a.yaml", TuningFormat::kPiPisp, whole_tuning(false));
  const auto document = nlohmann::ordered_json::parse(made.bytes);
  EXPECT_EQ((*find(document, "rpi.black_level"))["black_level"], 4096);
  EXPECT_EQ((*find(document, "rpi.awb"))["ct_curve"].size(), 6U);
  EXPECT_EQ((*find(document, "rpi.ccm"))["ccms"].size(), 2U);
  EXPECT_EQ((*find(document, "x.mine"))["word"], "5");
  EXPECT_EQ((*find(document, "rpi.agc"))["metering_modes"]["matrix"]["weights"].size(), 225U);
  EXPECT_THROW(translate_tuning("argent_profile: 1", "a", TuningFormat::kSimple, whole_tuning(false)), Error);
}

TEST(Translation, LibcameraThereAndBack) {
  const TuningText ours = translate_tuning(whole_tuning(false), "a.json", TuningFormat::kArgent);
  const CameraProfile before = parse_profile(ours.bytes, "a.yaml");
  for (TuningFormat format : {TuningFormat::kSimple, TuningFormat::kRkisp1}) {
    const TuningText there = translate_tuning(ours.bytes, "a.yaml", format);
    const CameraProfile home = import_tuning(there.bytes, "b.yaml").profile;
    EXPECT_EQ(home.black, before.black);
    ASSERT_EQ(home.isp.corrections.size(), 2U);
    EXPECT_NEAR(home.isp.corrections[0].camera_to_srgb[4], before.isp.corrections[0].camera_to_srgb[4], 1e-5f);
    if (format == TuningFormat::kSimple) {
      EXPECT_NE(remarks_of(there).find("lens shading: libcamera's simple pipeline has none; left out"), std::string::npos);
      continue;
    }
    EXPECT_NEAR(home.aaa.white_balance.prior.curve[3].blue, before.aaa.white_balance.prior.curve[3].blue, 1e-5f);
    EXPECT_EQ(home.aaa.white_balance.prior.lux_priors[1].points[1].cct, 6000);
    EXPECT_EQ(home.lux_reference.value().lux, 998);
    EXPECT_EQ(home.isp.shading[1].columns, 17);
    EXPECT_NEAR(home.isp.shading[1].gains[0].front() / before.isp.shading[1].gains[0].front(), 1, 2e-3) << "corners are nodes of both";
  }
}

TEST(Translation, Rkisp1sLevelsAndUnevenNodes) {
  const auto black = [](const char* level) {
    const std::string sites = std::string("R: ") + level + "\n      Gr: " + level + "\n      Gb: " + level + "\n      B: " + level + "\n";
    return import_tuning("version: 1\nalgorithms:\n  - BlackLevelCorrection:\n      " + sites, "a").profile.black.value()[0];
  };
  EXPECT_EQ(black("256"), 4096) << "12 bits, as 0.0.3 has it";
  EXPECT_EQ(black("3200"), 3200);
  std::string row = "1024, 1024, 1024, 1024, 1024, 1024, 1024, 1024, 1024, 1024, 1024, 1024, 1024, 1024, 1024, 1024, 2048", table;
  for (int y = 0; y < 17; y++) table += row + ", ";
  const std::string yaml =
      "version: 1\nalgorithms:\n  - LensShadingCorrection:\n      x-size: [0.125, 0.0535, 0.0536, 0.0536, 0.0536, 0.0536, 0.0536, "
      "0.0535]\n      sets:\n" +
      ("        - ct: 5000\n          r: [" + table + "]\n          gr: [" + table + "]\n          gb: [" + table + "]\n          b: [" +
       table + "]\n");
  const ShadingMesh mesh = import_tuning(yaml, "a").profile.isp.shading.at(0);
  EXPECT_EQ(mesh.gains[0][16], 2);
  EXPECT_NEAR(mesh.gains[0][15], 1.5f, 1e-3f) << "the last segment is two even ones wide";
  EXPECT_EQ(mesh.gains[0][13], 1);
}

TEST(Translation, DcpHasTheSameWhitesAndColors) {
  const CameraProfile before = import_tuning(whole_tuning(false), "a.json").profile;
  const TuningText dcp = translate_tuning(whole_tuning(false), "a.json", TuningFormat::kDcp);
  EXPECT_NE(remarks_of(dcp).find("computed from corrections and cct curve"), std::string::npos);
  const CameraProfile after = import_tuning(dcp.bytes, "a.dcp").profile;
  ASSERT_EQ(after.matrices.size(), 2U);
  for (float cct : {2856.0f, 6500.0f}) {
    const Vec3 a = gains_of_cct(after.matrices, cct).value(), b = gains_of_cct(before.aaa.white_balance.prior.curve, cct).value();
    EXPECT_NEAR(a[0] / b[0], 1, 0.01f) << cct;
    EXPECT_NEAR(a[2] / b[2], 1, 0.01f) << cct;
    const Mat3 m = camera_to_srgb(after.matrices, cct).value(), n = correction_at(before.isp.corrections, cct),
               f = correction_at(after.isp.corrections, cct);
    for (std::size_t i = 0; i < 9; i++) {
      EXPECT_NEAR(m[i], n[i], 0.02f) << cct << " " << i;
      EXPECT_NEAR(f[i], n[i], 2e-3f) << "by the forward matrix";
    }
  }
  const DngProfile first = parse_dcp({reinterpret_cast<const std::uint8_t*>(dcp.bytes.data()), dcp.bytes.size()}, "a.dcp");
  EXPECT_EQ(write_dcp(first), dcp.bytes) << "written, read and written again";
  EXPECT_EQ(first.unique_camera_model, "a");
}

TEST(Translation, RefusesWhatItCannotMean) {
  EXPECT_NE(error_of("a: 1", TuningFormat::kArgent).find("is no tuning that is known"), std::string::npos);
  EXPECT_NE(error_of("argent_profile: 1", TuningFormat::kDcp).find("no color matrix is known"), std::string::npos);
  std::string nan = whole_tuning(false);
  nan.replace(nan.find("1.50, [ 2"), 4, ".nan");
  EXPECT_NE(error_of(nan, TuningFormat::kPiVc4).find("no finite number"), std::string::npos);
}

}  // namespace
}  // namespace argent
