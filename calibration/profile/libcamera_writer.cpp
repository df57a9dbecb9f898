// The writer of libcamera_tuning.h; libcamera_reader.cpp is its mirror.
#include <algorithm>
#include <cctype>
#include <cmath>

#include "calibration/profile/awb_modes.h"
#include "calibration/profile/color_derivation.h"
#include "calibration/profile/libcamera_tuning.h"
#include "calibration/profile/raspberry_pi_shading.h"
#include "isp/number_text.h"

namespace argent {
namespace {

constexpr float kFullScale = 65536;

/// At most six decimals.
std::string number(float value) { return shortest_text(std::round(static_cast<double>(value) * 1e6) / 1e6 + 0.0); }

std::string whole(float value) { return std::to_string(std::lround(value)); }

constexpr const char* kHead = "# Made by argent translate.\n%YAML 1.1\n---\nversion: 1\nalgorithms:\n";

std::string corrections_text(const std::vector<ColorCorrection>& rows) {
  if (rows.empty()) return "";
  std::string yaml = "  - Ccm:\n      ccms:\n";
  for (const ColorCorrection& row : rows) {
    yaml += "        - ct: " + whole(row.cct) + "\n          ccm: [ ";
    for (std::size_t i = 0; i < 9; i++)
      yaml += number(row.camera_to_srgb[i]) + (i == 8 ? " ]\n" : i % 3 == 2 ? ",\n                 " : ", ");
  }
  return yaml;
}

std::vector<std::string> joined(std::vector<std::string> a, std::vector<std::string> b) {
  a.insert(a.end(), std::make_move_iterator(b.begin()), std::make_move_iterator(b.end()));
  return a;
}

std::string table_text(const char* name, const std::vector<float>& gains) {
  std::string yaml = "          " + std::string(name) + ": [";
  for (std::size_t i = 0; i < gains.size(); i++) {
    yaml += (i % kRkisp1Nodes == 0 ? "\n            " : " ") + whole(std::clamp(gains[i] * kRkisp1UnitGain, 0.0f, kRkisp1MostGain)) +
            (i + 1 < gains.size() ? "," : "");
  }
  return yaml + "\n          ]\n";
}

std::string shading_text(const std::vector<ShadingMesh>& meshes) {
  if (meshes.empty()) return "";
  constexpr const char* kEven = "[ 0.0625, 0.0625, 0.0625, 0.0625, 0.0625, 0.0625, 0.0625, 0.0625 ]\n";
  std::string yaml = "  - LensShadingCorrection:\n      x-size: " + std::string(kEven) + "      y-size: " + kEven + "      sets:\n";
  for (const ShadingMesh& mesh : meshes) {
    const auto table = [&](const char* name, std::size_t channel) {
      return table_text(name, resampled_nodes(mesh.gains[channel], {mesh.columns, mesh.rows}, {kRkisp1Nodes, kRkisp1Nodes}));
    };
    yaml += "        - ct: " + whole(mesh.cct) + "\n" + table("r", 0) + table("gr", 1) + table("gb", 1) + table("b", 2);
  }
  return yaml;
}

std::vector<std::string> shading_remarks(const std::vector<ShadingMesh>& meshes) {
  std::vector<std::string> remarks;
  if (meshes.empty()) return remarks;
  const int columns = meshes[0].columns, rows = meshes[0].rows;
  if (columns != kRkisp1Nodes || rows != kRkisp1Nodes) {
    remarks.push_back("shading: resampled from " + std::to_string(columns) + "x" + std::to_string(rows) + " to 17x17");
  }
  float most = 0;
  for (const ShadingMesh& mesh : meshes) {
    for (const auto& channel : mesh.gains) most = std::max(most, *std::max_element(channel.begin(), channel.end()));
  }
  constexpr float kMost = kRkisp1MostGain / kRkisp1UnitGain;
  if (most > kMost)
    remarks.push_back("shading: gains up to " + number(most) + " are cut to " + number(kMost) + ", the most of rkisp1's hardware");
  return remarks;
}

std::string balance_text(const IspColor& color, const AutoWhiteBalanceParams& balance) {
  if (color.curve.size() < 2) return "  - Awb:\n";
  const bool bayes = !balance.prior.lux_priors.empty();
  std::string yaml = std::string("  - Awb:\n      algorithm: ") + (bayes ? "bayes" : "grey") + "\n      colourGains:\n";
  for (const CctPoint& point : color.curve) {
    yaml += "        - ct: " + whole(point.cct) + "\n          gains: [ " + number(1 / point.red) + ", " + number(1 / point.blue) + " ]\n";
  }
  yaml += "      AwbMode:\n";
  for (const NamedRange& mode : ranges_on(color.curve, balance.modes)) {
    std::string name(mode.name);
    name[0] = static_cast<char>(std::toupper(static_cast<unsigned char>(name[0])));
    yaml += "        Awb" + name + ":\n          lo: " + whole(mode.range.min) + "\n          hi: " + whole(mode.range.max) + "\n";
  }
  if (!bayes) return yaml;
  yaml += "      priors:\n";
  for (const LuxPrior& prior : balance.prior.lux_priors) {
    std::string ccts, values;
    for (const LuxPrior::Point& point : prior.points) {
      ccts += (ccts.empty() ? "" : ", ") + number(point.cct);
      values += (values.empty() ? "" : ", ") + number(point.log_probability);
    }
    yaml += "        - lux: " + number(prior.lux) + "\n          ct: [ " + ccts + " ]\n          probability: [ " + values + " ]\n";
  }
  return yaml + "      transversePos: " + number(balance.prior.transverse_positive) +
         "\n      transverseNeg: " + number(balance.prior.transverse_negative) + "\n";
}

std::string lux_text(const LuxReference& lux) {
  return "  - Lux:\n      referenceExposureTime: " + number(lux.exposure_us) +
         "\n      referenceAnalogueGain: " + number(lux.analogue_gain) +
         "\n      referenceDigitalGain: 1.0\n      referenceY: " + number(lux.level * kFullScale) +
         "\n      referenceLux: " + number(lux.lux) + "\n";
}

/// What neither of them has a place for.
std::vector<std::string> lost(const CameraProfile& profile) {
  std::vector<std::string> remarks = left_out_of(profile);
  if (profile.black && !profile.white) remarks.push_back("black: without white its scale is not known; left out");
  if (!profile.noise.empty()) remarks.push_back("noise: libcamera's ISPs have no noise model; left out");
  return remarks;
}

}  // namespace

TuningText write_simple_tuning(const CameraProfile& profile) {
  const IspColor color = isp_color_of(profile);
  TuningText out{kHead, joined(color.remarks, lost(profile))};
  out.bytes += "  - BlackLevel:\n";
  if (const auto black = black_of_16_bits(profile)) {
    const auto [least, most] = std::minmax_element(black->begin(), black->end());
    out.bytes += "      blackLevel: " + whole(((*black)[0] + (*black)[1] + (*black)[2] + (*black)[3]) / 4) + "  # of 65536\n";
    if (*least != *most) out.remarks.push_back("black: libcamera's simple pipeline has one level for all colors; the mean is taken");
  }
  out.bytes += "  - Awb:\n" + corrections_text(color.corrections);
  out.bytes += "  - Adjust:  # libcamera 0.7; before it is called Lut\n  - Agc:\n...\n";
  const auto none = [&](bool is_there, const char* what) {
    if (is_there) out.remarks.push_back(std::string(what) + ": libcamera's simple pipeline has none; left out");
  };
  none(!profile.isp.shading.empty(), "lens shading");
  none(!profile.aaa.white_balance.prior.curve.empty(), "cct curve");
  none(!profile.aaa.white_balance.prior.lux_priors.empty(), "lux priors");
  none(profile.lux_reference.has_value(), "lux reference");
  return out;
}

TuningText write_rkisp1_tuning(const CameraProfile& profile) {
  const IspColor color = isp_color_of(profile);
  TuningText out{kHead, joined(joined(color.remarks, shading_remarks(profile.isp.shading)), lost(profile))};
  if (profile.lux_reference) out.bytes += lux_text(*profile.lux_reference);
  if (profile.lux_reference && profile.lux_reference->aperture != 1)
    out.remarks.push_back("lux_reference.aperture: rkisp1's has none; left out");
  out.bytes += "  - Agc:\n" + balance_text(color, profile.aaa.white_balance) + "  - BlackLevelCorrection:\n";
  if (const auto black = black_of_16_bits(profile)) {
    constexpr const char* kSites[] = {"R", "Gr", "Gb", "B"};
    for (std::size_t i = 0; i < 4; i++) out.bytes += "      " + std::string(kSites[i]) + ": " + whole((*black)[i]) + "\n";
    out.remarks.push_back("black: of 16 bits, as libcamera 0.3 and later read it; before it were 12");
  }
  out.bytes += shading_text(profile.isp.shading) + corrections_text(color.corrections) + "...\n";
  return out;
}

}  // namespace argent
