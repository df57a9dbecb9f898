#include <algorithm>
#include <cmath>
#include <map>

#include "calibration/lint/agc_lint.h"
#include "calibration/lint/format_lints.h"
#include "calibration/lint/key_rules.h"
#include "calibration/lint/raspberry_pi_rules.h"
#include "calibration/lint/table_checks.h"
#include "calibration/profile/raspberry_pi_shading.h"
#include "models/runtime/quoted_text.h"

namespace argent {
namespace {

/// The priors that every tuning of Raspberry Pi has: lux, then pairs of temperature and log-probability.
std::vector<std::vector<double>> template_priors() {
  return {
      {0, 2000, 1, 3000, 0, 13000, 0}, {800, 2000, 0, 6000, 2, 13000, 2}, {1500, 2000, 0, 4000, 1, 6000, 6, 6500, 7, 7000, 1, 13000, 1}};
}

struct Algorithm {
  const YamlNode* parameters = nullptr;
  int line = 0;
};

class Linter {
 public:
  Linter(const YamlNode& root, LintReport& report) : root_(root), report_(report) {}

  std::string lint() {
    check_head();
    collect();
    check_missing();
    check_black();
    check_balance();
    if (has("rpi.agc")) check_agc(*algorithms_.find("rpi.agc")->second.parameters, line_of("rpi.agc"), pisp_ ? 225 : 15, report_);
    check_shading();
    check_corrections();
    check_tone();
    check_rest();
    return "Raspberry Pi tuning, version " + std::to_string(version_) + (pisp_ ? ", pisp" : ", vc4");
  }

 private:
  void check_head() {
    const YamlNode* version = root_.find("version");
    const bool is_second = root_.find("algorithms") != nullptr;
    version_ = is_second ? 2 : 1;
    const double said = lint_value(version, is_second ? 0 : 1);
    if (said != version_) {
      report_.error(version != nullptr ? version->line : root_.line,
                    version == nullptr
                        ? "there is no version, expected 2.0"
                        : "version " + shown(version->scalar) + ", expected " + std::to_string(version_) + " for this layout");
    }
    if (!is_second) report_.warning(root_.line, "version 1: current libcamera refuses it (argent translate makes version 2 of it)");
    const YamlNode* target = root_.find("target");
    pisp_ = target != nullptr && target->scalar == "pisp";
    if (target == nullptr) {
      if (is_second)
        report_.warning(root_.line, "there is no target: libcamera since 0.1 refuses the file, expected \"bcm2835\" or \"pisp\"");
    } else if (!pisp_ && target->scalar != "bcm2835") {
      report_.error(target->line, "target " + in_quotes(target->scalar) + ", expected \"bcm2835\" or \"pisp\"");
    }
  }

  void collect() {
    const YamlNode* list = root_.find("algorithms");
    if (list == nullptr) {
      for (std::size_t i = 0; i < root_.keys.size(); i++) {
        if (root_.keys[i] != "version" && root_.keys[i] != "target") add(root_, i);
      }
      return;
    }
    static constexpr std::string_view kRoot[] = {"version", "target", "algorithms"};
    for (std::size_t i = 0; i < root_.keys.size(); i++) {
      const std::string& key = root_.keys[i];
      const bool known = std::find(std::begin(kRoot), std::end(kRoot), key) != std::end(kRoot);
      const std::string_view meant = known ? "" : nearest(key, kRoot);  // others are remarks of people: "vendor", "sku"
      if (!meant.empty()) report_.warning(root_.key_lines[i], "unknown key " + shown(key) + ", did you mean " + std::string(meant));
    }
    if (list->kind != YamlNode::Kind::kList) {
      report_.error(list->line, "algorithms is " + std::string(name_of(list->kind)) + ", expected a list");
      return;
    }
    for (const YamlNode& entry : list->items) {
      if (entry.kind == YamlNode::Kind::kNull && &entry == &list->items.back()) break;
      if (entry.kind != YamlNode::Kind::kMap || entry.keys.size() != 1) {
        report_.error(entry.line, "an entry of algorithms " +
                                      (entry.kind == YamlNode::Kind::kMap ? "has " + std::to_string(entry.keys.size()) + " keys"
                                                                          : "is " + std::string(name_of(entry.kind))) +
                                      ", expected one algorithm");
      }
      for (std::size_t i = 0; i < entry.keys.size(); i++) add(entry, i);
    }
  }

  void add(const YamlNode& map, std::size_t i) {
    const std::string& name = map.keys[i];
    const int line = map.key_lines[i];
    const std::span<const RaspberryPiAlgorithm> known = raspberry_pi_algorithms();
    const auto found = std::find_if(known.begin(), known.end(), [&](const RaspberryPiAlgorithm& a) { return a.name == name; });
    if (found == known.end()) {
      if (name.starts_with("x.") || name.starts_with("//") || name == "comment") return;  // set aside by hand
      std::vector<std::string_view> names;
      for (const RaspberryPiAlgorithm& a : known) names.push_back(a.name);
      const std::string_view meant = nearest(name, names);
      report_.warning(
          line, "unknown algorithm " + shown(name) +
                    (meant.empty() ? ": libcamera leaves it out" : ", did you mean " + std::string(meant) + ": libcamera leaves it out"));
      return;
    }
    const YamlNode& parameters = map.items[i];
    if (parameters.kind != YamlNode::Kind::kMap && parameters.kind != YamlNode::Kind::kNull) {
      report_.error(line, name + " is " + std::string(name_of(parameters.kind)) + ", expected an object");
      return;
    }
    const auto [place, is_new] = algorithms_.emplace(name, Algorithm{&parameters, line});
    if (!is_new)
      report_.warning(line,
                      name + " is there twice, first in line " + std::to_string(place->second.line) + ": both run, one undoes the other");
    std::vector<KeyRule> rules(found->rules.begin(), found->rules.end());
    rules.push_back({"enabled", RuleKind::kFlag});  // any algorithm may be set aside, since 0.7
    check_keys(parameters, rules, name, Finding::Severity::kWarning, report_);
  }

  const YamlNode* find(std::string_view algorithm, std::string_view key) const {
    const auto found = algorithms_.find(algorithm);
    return found == algorithms_.end() ? nullptr : found->second.parameters->find(key);
  }
  bool has(std::string_view algorithm) const { return algorithms_.find(algorithm) != algorithms_.end(); }
  int line_of(std::string_view algorithm) const { return algorithms_.find(algorithm)->second.line; }

  void check_missing() {
    const auto miss = [&](std::string_view name, const char* so) {
      if (!has(name)) report_.warning(0, "there is no " + std::string(name) + ": " + so);
    };
    const bool is_color = has("rpi.awb") || has("rpi.nn.awb") || has("rpi.ccm");  // a monochrome sensor's file has neither
    miss("rpi.black_level", "black is taken to be at 4096 of 65536");
    miss("rpi.agc", "exposure is not controlled");
    miss("rpi.contrast", "pictures come out linear, and dark");
    if (is_color && !has("rpi.awb") && !has("rpi.nn.awb")) miss("rpi.awb", "white is not balanced");
    if (is_color) miss("rpi.ccm", "colors stay the sensor's own");
  }

  void check_black() {
    for (const char* key : {"black_level", "black_level_r", "black_level_g", "black_level_b"}) {
      const YamlNode* node = find("rpi.black_level", key);
      constexpr double kMostBlack = 16384;
      if (lint_value(node, 0) > kMostBlack)
        report_.warning(node->line,
                        "rpi.black_level." + std::string(key) + " = " + shown(node->scalar) + ", a quarter of full scale (65535) or more");
    }
    const YamlNode* slope = find("rpi.noise", "reference_slope");
    if (has("rpi.noise") && !(lint_value(slope, 0) > 0)) {
      report_.warning(slope != nullptr ? slope->line : line_of("rpi.noise"),
                      "rpi.noise.reference_slope is 0: no noise is expected, and none is reduced");
    }
  }

  void read_curve(const YamlNode& node) {
    const std::vector<double> values = lint_numbers(&node);
    if (values.empty() && (node.kind != YamlNode::Kind::kList || !node.items.empty())) return;
    if (values.size() % 3 != 0 || values.size() < 6) {
      report_.error(node.line, "rpi.awb.ct_curve has " + std::to_string(values.size()) +
                                   " numbers, expected temperature, R/G, B/G of two points or more" +
                                   (values.size() == 3 ? ": with one the curve is a guess, and libcamera refuses it" : ""));
    }
    for (std::size_t i = 0; i + 2 < values.size(); i += 3) curve_.push_back({node.items[i].line, values[i], values[i + 1], values[i + 2]});
    check_temperatures(curve_, "rpi.awb.ct_curve", report_);
    check_whites(curve_, "rpi.awb.ct_curve", report_);
  }

  void check_balance() {
    if (!has("rpi.awb")) return;
    if (const YamlNode* node = find("rpi.awb", "ct_curve")) read_curve(*node);
    const YamlNode* modes = find("rpi.awb", "modes");
    std::vector<ModeRange> ranges;
    for (std::size_t i = 0; modes != nullptr && i < modes->keys.size(); i++) {
      const double lo = lint_value(modes->items[i].find("lo"), NAN), hi = lint_value(modes->items[i].find("hi"), NAN);
      ranges.push_back({modes->key_lines[i], "rpi.awb.modes." + shown(modes->keys[i]), lo, hi});
      if (std::isnan(lo) || std::isnan(hi)) ranges.back() = {modes->key_lines[i], ranges.back().name + " (lo or hi is missing)", 0, 0};
    }
    check_modes(ranges, curve_, report_);
    for (const char* key : {"transverse_pos", "transverse_neg"}) {
      const YamlNode* node = find("rpi.awb", key);
      if (node != nullptr && !(lint_value(node, 1) > 0))
        report_.error(node->line, "rpi.awb." + std::string(key) + " = " + shown(node->scalar) + ", expected a positive number");
    }
    check_priors(ranges.empty());
  }

  void check_priors(bool no_modes) {
    const YamlNode* node = find("rpi.awb", "priors");
    const std::vector<const YamlNode*> rows = lint_rows(node);
    std::vector<std::vector<double>> all;
    for (std::size_t i = 0; i < rows.size(); i++) {
      const std::string name = "rpi.awb.priors[" + std::to_string(i) + "]";
      for (const char* key : {"lux", "prior"}) {
        if (rows[i]->find(key) == nullptr) report_.error(rows[i]->line, name + " lacks " + key);
      }
      all.push_back({lint_value(rows[i]->find("lux"), 0)});
      const std::vector<double> prior = lint_numbers(rows[i]->find("prior"));
      all.back().insert(all.back().end(), prior.begin(), prior.end());
      if (i > 0 && !(all[i][0] > all[i - 1][0]))
        report_.error(rows[i]->line,
                      name + ".lux = " + lint_number(all[i][0]) + " does not rise above the " + lint_number(all[i - 1][0]) + " before it");
    }
    if (all == template_priors())
      report_.note(node->line, "rpi.awb.priors are the template of all of Raspberry Pi's tunings: nobody has fitted them to this sensor");
    const bool bayes = lint_value(find("rpi.awb", "bayes"), 1) != 0;
    if (!bayes) {
      const bool calibrated = curve_.size() >= 2;
      if (calibrated)
        report_.warning(line_of("rpi.awb"), "rpi.awb: bayes is 0, so that the ct_curve goes unused: white balance is grey world");
    } else if (curve_.size() < 2 || rows.empty() || no_modes) {
      report_.warning(line_of("rpi.awb"), std::string("rpi.awb: the Bayesian search needs ct_curve, priors and modes, and there are no ") +
                                              (curve_.size() < 2 ? "ct_curve"
                                               : rows.empty()    ? "priors"
                                                                 : "modes") +
                                              ": white balance is grey world");
    }
  }

  template <class Check>
  void each(const YamlNode* map, Check check) {
    for (std::size_t i = 0; map != nullptr && i < map->keys.size(); i++) check(map->items[i], map->key_lines[i], shown(map->keys[i]));
  }

  void check_shading() {
    if (!has("rpi.alsc")) return;
    std::vector<double> ccts[2];
    const auto size = static_cast<std::size_t>((pisp_ ? kPispMesh : kVc4Mesh).count());
    const std::string expected = ", expected " + std::to_string(size) + (pisp_ ? " (32x32)" : " (16x12)");
    for (int color = 0; color < 2; color++) {
      const std::string name = color == 0 ? "calibrations_Cr" : "calibrations_Cb";
      std::vector<TablePoint> rows;
      for (const YamlNode* row : lint_rows(find("rpi.alsc", name))) {
        const YamlNode* table = row->find("table");
        const std::string what = "rpi.alsc." + name + " of " + lint_number(lint_value(row->find("ct"), 0)) + " K";
        rows.push_back({row->line, lint_value(row->find("ct"), 0), 0, 0});
        ccts[color].push_back(rows.back().cct);
        if (table == nullptr) report_.error(row->line, what + " lacks table");
        if (table == nullptr || table->kind != YamlNode::Kind::kList) continue;
        const std::vector<double> gains = lint_numbers(table);
        if (!gains.empty() && gains.size() != size)
          report_.error(table->line, what + " has " + std::to_string(gains.size()) + " gains" + expected);
        check_gains({table, table->line, what, 1, 0.1}, report_);
      }
      check_temperatures(rows, "rpi.alsc." + name, report_);
    }
    if (ccts[0] != ccts[1])
      report_.warning(line_of("rpi.alsc"), "rpi.alsc: calibrations_Cr and calibrations_Cb are of different temperatures");
    const YamlNode* luminance = find("rpi.alsc", "luminance_lut");
    const std::vector<double> levels = lint_numbers(luminance);
    if (luminance != nullptr && !levels.empty() && levels.size() != size) {
      report_.error(luminance->line, "rpi.alsc.luminance_lut has " + std::to_string(levels.size()) + " gains" + expected);
    }
    if (!levels.empty()) check_gains({luminance, luminance->line, "rpi.alsc.luminance_lut", 1, 0.99}, report_);
  }

  void check_corrections() {
    if (!has("rpi.ccm")) return;
    const std::vector<const YamlNode*> rows = lint_rows(find("rpi.ccm", "ccms"));
    if (rows.empty()) report_.error(line_of("rpi.ccm"), "rpi.ccm has no ccms: libcamera refuses it");
    std::vector<TablePoint> points;
    for (const YamlNode* row : rows) {
      points.push_back({row->line, lint_value(row->find("ct"), 0), 0, 0});
      const YamlNode* matrix = row->find("ccm");
      const std::string name = "rpi.ccm of " + lint_number(points.back().cct) + " K";
      if (matrix == nullptr) report_.error(row->line, name + " lacks ccm");
      if (matrix != nullptr) check_correction(matrix, matrix->line, name, report_);
    }
    check_temperatures(points, "rpi.ccm.ccms", report_);
    check_far_from(points, curve_, "rpi.ccm", report_);
  }

  void check_tone() {
    if (!has("rpi.contrast")) return;
    const YamlNode* node = find("rpi.contrast", "gamma_curve");
    const std::vector<double> curve = lint_numbers(node);
    if (node == nullptr) report_.error(line_of("rpi.contrast"), "rpi.contrast lacks gamma_curve: libcamera refuses it");
    if (curve.size() < 4 || curve.size() % 2 != 0) return;
    constexpr double kFullScale = 65535;
    if (curve[0] != 0 || curve[1] != 0)
      report_.warning(node->line, "rpi.contrast.gamma_curve begins at " + lint_number(curve[0]) + ", " + lint_number(curve[1]) +
                                      ", expected 0, 0: black is not black");
    if (curve[curve.size() - 2] < kFullScale || curve.back() < kFullScale - 1) {
      report_.warning(node->line, "rpi.contrast.gamma_curve ends at " + lint_number(curve[curve.size() - 2]) + ", " +
                                      lint_number(curve.back()) + ", expected 65535, 65535: white is not white");
    }
  }

  void check_rest() {
    each(find("rpi.af", "ranges"), [&](const YamlNode& range, int line, const std::string& key) {
      const double min = lint_value(range.find("min"), 0), max = lint_value(range.find("max"), 1000),
                   usual = lint_value(range.find("default"), min);
      if (!(min < max))
        report_.error(line, "rpi.af.ranges." + key + " goes from " + lint_number(min) + " to " + lint_number(max) +
                                " dioptres, expected rising ones");
      if (usual < min || usual > max)
        report_.warning(line, "rpi.af.ranges." + key + ".default = " + lint_number(usual) + " lies outside of its range");
    });
    for (const char* key : {"lut_rx", "lut_ry", "lut_bx", "lut_by"}) {
      const YamlNode* node = find("rpi.cac", key);
      const std::size_t count = lint_numbers(node).size();
      if (node != nullptr && count != 81 && count != 0)
        report_.error(node->line, "rpi.cac." + std::string(key) + " has " + std::to_string(count) + " numbers, expected 81 (9x9)");
    }
  }

  const YamlNode& root_;
  LintReport& report_;
  int version_ = 2;
  bool pisp_ = false;
  std::map<std::string, Algorithm, std::less<>> algorithms_;
  std::vector<TablePoint> curve_;
};

}  // namespace

std::string lint_raspberry_pi(const YamlNode& root, LintReport& report) { return Linter(root, report).lint(); }

}  // namespace argent
