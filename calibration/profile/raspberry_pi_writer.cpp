#include "calibration/profile/raspberry_pi_writer.h"

#include <algorithm>
#include <cmath>

#include "calibration/profile/awb_modes.h"
#include "calibration/profile/color_derivation.h"
#include "calibration/profile/json_tree.h"
#include "calibration/profile/raspberry_pi_shading.h"
#include "isp/color.h"

namespace argent {
namespace {

constexpr float kFullScale = 65536;
constexpr int kDecimals = 5;  // of ratios and gains

YamlNode whole(float value) { return json_number(std::round(value)); }

/// Writes a profile's parts into a document, and remembers what it could not.
class Writer {
 public:
  Writer(const CameraProfile& profile, RaspberryPiDocument document, std::vector<std::string> remarks)
      : profile_(profile), color_(isp_color_of(profile)), document_(std::move(document)), remarks_(std::move(remarks)) {
    remarks_.insert(remarks_.end(), color_.remarks.begin(), color_.remarks.end());
  }

  void write_known() {
    write_black();
    if (profile_.lux_reference) write_lux(*profile_.lux_reference);
    if (!profile_.noise.empty()) write_noise();
    const bool is_color = !color_.curve.empty() || !color_.corrections.empty() || document_.find("rpi.awb") != nullptr;
    if (is_color) write_balance(document_.need("rpi.awb"));
    if (!profile_.isp.shading.empty()) write_shading(document_.need("rpi.alsc"));
    if (!color_.corrections.empty()) write_corrections(document_.need("rpi.ccm"));
  }

  /// The least that Raspberry Pi's program needs beside what a profile knows.
  void write_plain_parts() {
    write_exposure(document_.need("rpi.agc"));
    std::vector<float> gamma;
    for (int i = 0; i <= 32; i++) {  // finer in the dark, where the curve bends
      const float x = static_cast<float>(i * i) / (32 * 32);
      gamma.insert(gamma.end(), {std::round(65535 * x), std::round(65535 * srgb_encode(x))});
    }
    set_in(document_.need("rpi.contrast"), "ce_enable", json_number(1));
    set_in(document_.need("rpi.contrast"), "gamma_curve", json_numbers(gamma, 0));
    remarks_.push_back(
        "rpi.agc, rpi.contrast: a profile has none; even metering and sRGB's curve were put in (--base FILE takes another tuning's)");
  }

  TuningText take() {
    for (std::string& remark : left_out_of(profile_)) remarks_.push_back(std::move(remark));
    return {document_.json(), std::move(remarks_)};
  }

 private:
  void write_black() {
    const auto black = black_of_16_bits(profile_);
    if (!black) {
      if (profile_.black) remarks_.push_back("black: without white its scale is not known; left out");
      return;
    }
    YamlNode& node = document_.need("rpi.black_level");
    const auto [r, g1, g2, b] = *black;
    if (r == g1 && r == g2 && r == b) {
      node = json_map({{"black_level", whole(r)}});
    } else {
      node = json_map({{"black_level", whole((g1 + g2) / 2)},
                       {"black_level_r", whole(r)},
                       {"black_level_g", whole((g1 + g2) / 2)},
                       {"black_level_b", whole(b)}});
      if (g1 != g2) remarks_.push_back("black: the two greens are averaged");
    }
  }

  void write_lux(const LuxReference& lux) {
    YamlNode& node = document_.need("rpi.lux");
    set_in(node, "reference_shutter_speed", json_number(lux.exposure_us));
    set_in(node, "reference_gain", json_number(lux.analogue_gain));
    set_in(node, "reference_aperture", json_number(lux.aperture));
    set_in(node, "reference_lux", json_number(lux.lux));
    set_in(node, "reference_Y", json_number(std::round(lux.level * kFullScale)));
  }

  void write_noise() {
    const NoisePoint& point = profile_.noise.front();
    const float gain = point.analogue_gain;
    if (profile_.noise.size() > 1)
      remarks_.push_back("noise: a tuning knows one gain; that of gain " + json_number(gain).scalar + " is taken");
    YamlNode& node = document_.need("rpi.noise");
    set_in(node, "reference_constant", json_numbers(std::array{std::sqrt(point.noise.read) * kFullScale / gain}, kDecimals).items[0]);
    set_in(node, "reference_slope", json_numbers(std::array{std::sqrt(point.noise.shot * kFullScale / gain)}, kDecimals).items[0]);
  }

  void write_balance(YamlNode& awb) {
    const AutoWhiteBalanceParams& balance = profile_.aaa.white_balance;
    if (color_.curve.size() < 2) {
      if (awb.find("ct_curve") == nullptr) set_in(awb, "bayes", json_number(0));
      remarks_.push_back("rpi.awb: no cct curve of two points or more is known; white balance is grey world");
      return;
    }
    set_in(awb, "priors", priors_of(balance.prior));
    set_in(awb, "modes", modes_of(balance.modes));
    set_in(awb, "bayes", json_number(1));
    std::vector<YamlNode> curve;
    for (const CctPoint& point : color_.curve) {
      for (YamlNode& number : json_numbers(std::array{point.cct, point.red, point.blue}, kDecimals).items)
        curve.push_back(std::move(number));
    }
    set_in(awb, "ct_curve", json_list(std::move(curve)));
    for (const char* key : {"sensitivity_r", "sensitivity_b"}) set_in(awb, key, json_literal("1.0"));  // the curve is this sensor's
    set_in(awb, "transverse_pos", json_number(balance.prior.transverse_positive));
    set_in(awb, "transverse_neg", json_number(balance.prior.transverse_negative));
  }

  YamlNode priors_of(const IlluminantPrior& prior) {
    std::vector<YamlNode> rows;
    for (const LuxPrior& row : prior.lux_priors) {
      std::vector<YamlNode> points;
      for (const LuxPrior::Point& point : row.points) {
        points.push_back(json_number(point.cct));
        points.push_back(json_number(point.log_probability));
      }
      rows.push_back(json_map({{"lux", json_number(row.lux)}, {"prior", json_list(std::move(points))}}));
    }
    if (rows.empty()) {
      remarks_.push_back("priors: the profile has none; a flat one was put in");
      rows.push_back(json_map({{"lux", json_number(0)}, {"prior", json_numbers(std::array{2000.0f, 0.0f, 13000.0f, 0.0f}, 0)}}));
    }
    return json_list(std::move(rows));
  }

  YamlNode modes_of(const AwbModeRanges& modes) const {
    YamlNode out = json_map({});
    for (const NamedRange& mode : ranges_on(color_.curve, modes)) {
      set_in(out, mode.name, json_map({{"lo", json_number(mode.range.min)}, {"hi", json_number(mode.range.max)}}));
    }
    return out;
  }

  /// Of one channel, the cells of the target.
  std::vector<float> cells_of(const std::vector<float>& gains, MeshSize from, MeshSize to) const {
    if (from == to) {
      std::vector<float> exact = cells_of_nodes(gains, from);
      const auto [least, most] = std::minmax_element(gains.begin(), gains.end());
      const auto [low, high] = std::minmax_element(exact.begin(), exact.end());
      if (*low > 0.9f * *least && *high < 1.1f * *most) return exact;  // else the mesh has steps, and the cells swing
    }
    return cells_under_nodes(gains, from, to);
  }

  void write_shading(YamlNode& alsc) {
    const std::vector<ShadingMesh>& meshes = profile_.isp.shading;
    const MeshSize from{meshes[0].columns, meshes[0].rows}, to = document_.target() == RaspberryPiTarget::kPisp ? kPispMesh : kVc4Mesh;
    std::vector<YamlNode> reds, blues;
    std::vector<float> luminance(static_cast<std::size_t>(to.count()), 0.0f);
    float spread = 0;
    for (const ShadingMesh& mesh : meshes) {
      std::vector<float> r = cells_of(mesh.gains[0], from, to), g = cells_of(mesh.gains[1], from, to),
                         b = cells_of(mesh.gains[2], from, to);
      const float least = *std::min_element(g.begin(), g.end());
      for (std::size_t i = 0; i < g.size(); i++) {
        r[i] /= g[i];
        b[i] /= g[i];
        const float level = g[i] / least;
        if (&mesh != &meshes.front()) spread = std::max(spread, std::abs(level * static_cast<float>(reds.size()) / luminance[i] - 1));
        luminance[i] += level;
      }
      const auto row = [&](const std::vector<float>& table) {
        return json_map({{"ct", json_number(mesh.cct)}, {"table", json_numbers(table, kDecimals)}});
      };
      reds.push_back(row(r));
      blues.push_back(row(b));
    }
    for (float& level : luminance) level /= static_cast<float>(meshes.size());
    set_in(alsc, "luminance_strength", json_number(1));
    set_in(alsc, "calibrations_Cr", json_list(std::move(reds)));
    set_in(alsc, "calibrations_Cb", json_list(std::move(blues)));
    set_in(alsc, "luminance_lut", json_numbers(luminance, kDecimals));
    const auto text = [](MeshSize size) { return std::to_string(size.columns) + "x" + std::to_string(size.rows); };
    if (!(from == to)) remarks_.push_back("shading: resampled from " + text(from) + " to " + text(to));
    constexpr float kSeen = 0.005f;
    if (spread > kSeen) remarks_.push_back("shading: a tuning has one table of green for all temperatures; their mean is taken");
  }

  void write_corrections(YamlNode& ccm) {
    std::vector<YamlNode> rows;
    for (const ColorCorrection& row : color_.corrections) {
      rows.push_back(json_map({{"ct", json_number(row.cct)}, {"ccm", json_numbers(row.camera_to_srgb, kDecimals)}}));
    }
    set_in(ccm, "ccms", json_list(std::move(rows)));
  }

  void write_exposure(YamlNode& agc) {
    const std::size_t zones = document_.target() == RaspberryPiTarget::kPisp ? 225 : 15;
    const std::vector<float> even(zones, 1.0f);
    set_in(agc, "metering_modes", json_map({{"matrix", json_map({{"weights", json_numbers(even, 0)}})}}));
    set_in(agc, "exposure_modes",
           json_map({{"normal", json_map({{"shutter", json_numbers(std::array{100.0f, 10000.0f, 33333.0f, 66666.0f}, 0)},
                                          {"gain", json_numbers(std::array{1.0f, 1.0f, 4.0f, 8.0f}, 1)}})}}));
    const auto level = [](float y) { return json_numbers(std::array{0.0f, y, 1000.0f, y}, 2); };
    YamlNode bright =
        json_map({{"bound", json_text("LOWER")}, {"q_lo", json_number(0.98f)}, {"q_hi", json_number(1)}, {"y_target", level(0.5f)}});
    set_in(agc, "constraint_modes", json_map({{"normal", json_list({std::move(bright)})}}));
    set_in(agc, "y_target", level(0.16f));
  }

  const CameraProfile& profile_;
  IspColor color_;
  RaspberryPiDocument document_;
  std::vector<std::string> remarks_;
};

}  // namespace

TuningText write_raspberry_pi_tuning(const CameraProfile& profile, RaspberryPiTarget target, std::optional<RaspberryPiDocument> base) {
  const bool has_base = base.has_value();
  RaspberryPiDocument document = has_base ? std::move(*base) : RaspberryPiDocument(target);
  std::vector<std::string> remarks = document.retarget(target);
  Writer writer(profile, std::move(document), std::move(remarks));
  writer.write_known();
  if (!has_base) writer.write_plain_parts();
  return writer.take();
}

}  // namespace argent
