#include <algorithm>
#include <cmath>
#include <functional>

#include "calibration/lint/format_lints.h"
#include "calibration/lint/key_rules.h"
#include "calibration/lint/table_checks.h"
#include "calibration/profile/camera_profile.h"
#include "models/runtime/error.h"
#include "models/runtime/quoted_text.h"

namespace argent {
namespace {

using enum RuleKind;

constexpr KeyRule kProfile[] = {{"argent_profile", kWhole, CameraProfile::kSchemaVersion, CameraProfile::kSchemaVersion},
                                {"name", kText},
                                {"dcp", kText},
                                {"native_size", kNumbers, 1, 65535},
                                {"black", kAny},
                                {"white", kAny},
                                {"matrices", kRows},
                                {"matrices/cct", kNumber},
                                {"matrices/illuminant", kText},
                                {"matrices/xyz_to_camera", kNumbers},
                                {"corrections", kRows},
                                {"corrections/cct", kNumber},
                                {"corrections/illuminant", kText},
                                {"corrections/camera_to_srgb", kNumbers},
                                {"cct_curve", kRows},
                                {"cct_curve/cct", kNumber},
                                {"cct_curve/red", kNumber},
                                {"cct_curve/blue", kNumber},
                                {"transverse", kMap},
                                {"transverse/positive", kNumber, 0},
                                {"transverse/negative", kNumber, 0},
                                {"lux_priors", kRows},
                                {"lux_priors/lux", kNumber, 0},
                                {"lux_priors/points", kNumbers},
                                {"awb_modes", kMap},
                                {"awb_modes/auto", kNumbers, 0},
                                {"awb_modes/incandescent", kNumbers, 0},
                                {"awb_modes/tungsten", kNumbers, 0},
                                {"awb_modes/fluorescent", kNumbers, 0},
                                {"awb_modes/indoor", kNumbers, 0},
                                {"awb_modes/daylight", kNumbers, 0},
                                {"awb_modes/cloudy", kNumbers, 0},
                                {"lux_reference", kMap},
                                {"lux_reference/lux", kNumber},
                                {"lux_reference/exposure_us", kNumber},
                                {"lux_reference/analogue_gain", kNumber},
                                {"lux_reference/aperture", kNumber},
                                {"lux_reference/level", kNumber, 0, 1},
                                {"noise", kRows},
                                {"noise/analogue_gain", kNumber},
                                {"noise/shot", kNumber, 0},
                                {"noise/read", kNumber, 0},
                                {"shading", kRows},
                                {"shading/cct", kNumber},
                                {"shading/columns", kWhole, 1, 1024},
                                {"shading/rows", kWhole, 1, 1024},
                                {"shading/red", kNumbers},
                                {"shading/green", kNumbers},
                                {"shading/blue", kNumbers},
                                {"bad_pixels", kRows},
                                {"bad_pixels/x", kWhole, 0},
                                {"bad_pixels/y", kWhole, 0},
                                {"lens_map", kRows},
                                {"lens_map/dioptres", kNumber, 0},
                                {"lens_map/code", kNumber},
                                {"delays", kMap},
                                {"delays/exposure", kWhole, 0},
                                {"delays/gain", kWhole, 0},
                                {"gain_table", kRows},
                                {"gain_table/asked", kNumber},
                                {"gain_table/actual", kNumber},
                                {"isp", kAny},
                                {"aaa", kAny}};

class Linter {
 public:
  Linter(const YamlNode& root, LintReport& report) : root_(root), report_(report) {}

  void lint() {
    check_keys(root_, kProfile, "the profile", Finding::Severity::kError, report_);
    check_levels();
    check_color();
    check_balance();
    check_noise();
    check_shading();
    check_parameters();
  }

 private:
  std::vector<double> levels(const char* key) const {
    const YamlNode* node = root_.find(key);
    if (node == nullptr) return {};
    if (node->kind == YamlNode::Kind::kList) {
      const std::vector<double> values = lint_numbers(node);
      if (values.size() != 4)
        report_.error(node->line, std::string(key) + " has " + std::to_string(values.size()) +
                                      " numbers, expected 4: of R, G on R's rows, G on B's rows, B");
      return values.size() == 4 ? values : std::vector<double>();
    }
    const double value = lint_value(node, NAN);
    if (std::isnan(value))
      report_.error(node->line, std::string(key) + " = " + in_quotes(node->scalar) + ", expected a finite number or four");
    return std::isnan(value) ? std::vector<double>() : std::vector<double>(4, value);
  }

  void check_levels() {
    const std::vector<double> black = levels("black"), white = levels("white");
    constexpr double kMostCode = 65535;
    for (double level : black) {
      if (!(level >= 0 && level <= kMostCode))
        report_.error(root_.find("black")->line, "black = " + lint_number(level) + ", expected 0 to 65535");
    }
    for (std::size_t i = 0; i < black.size() && i < white.size(); i++) {
      if (white[i] > black[i]) continue;
      report_.error(root_.find("white")->line,
                    "white = " + lint_number(white[i]) + " is not above black = " + lint_number(black[i]) + ": no light is left between");
      break;
    }
    if (root_.find("white") == nullptr && root_.find("black") != nullptr)
      report_.note(root_.find("black")->line, "black is given without white: a RAW file has to say what saturation is");
  }

  /// Temperatures of a list of matrices; kelvin of a name are not looked up: they rise or not when the profile is read.
  std::vector<TablePoint> temperatures(const char* key, const char* matrix) {
    std::vector<TablePoint> out;
    bool named = false;
    for (const YamlNode* row : lint_rows(root_.find(key))) {
      if (row->find(matrix) == nullptr) report_.error(row->line, std::string(key) + ": a row lacks " + matrix);
      named = named || row->find("cct") == nullptr;
      out.push_back({row->line, lint_value(row->find("cct"), 0), 0, 0});
    }
    if (named) return {};
    check_temperatures(out, key, report_);
    return out;
  }

  void check_color() {
    temperatures("matrices", "xyz_to_camera");
    for (const YamlNode* row : lint_rows(root_.find("matrices"))) {
      const std::vector<double> m = lint_numbers(row->find("xyz_to_camera"));
      if (m.size() != 9) {
        if (!m.empty()) report_.error(row->line, "matrices: xyz_to_camera has " + std::to_string(m.size()) + " numbers, expected 9");
        continue;
      }
      Mat3 matrix;
      std::copy(m.begin(), m.end(), matrix.begin());
      if (!inverse(matrix)) report_.error(row->line, "matrices: xyz_to_camera is singular: colors fall together");
      const Vec3 white = multiply(matrix, Vec3{0.9505f, 1, 1.0891f});
      if (!(white[0] > 0 && white[1] > 0 && white[2] > 0))
        report_.error(row->line, "matrices: xyz_to_camera answers white with a color that is not positive: is it the inverse?");
    }
    corrections_ = temperatures("corrections", "camera_to_srgb");
    for (const YamlNode* row : lint_rows(root_.find("corrections"))) {
      const YamlNode* matrix = row->find("camera_to_srgb");
      if (matrix != nullptr) check_correction(matrix, matrix->line, "corrections: camera_to_srgb", report_);
    }
    if (root_.find("dcp") != nullptr && (root_.find("matrices") != nullptr || root_.find("corrections") != nullptr)) {
      report_.error(root_.find("dcp")->line, "dcp is given beside matrices or corrections, expected one of them");
    }
  }

  void check_balance() {
    std::vector<TablePoint> curve;
    for (const YamlNode* row : lint_rows(root_.find("cct_curve"))) {
      for (const char* key : {"cct", "red", "blue"}) {
        if (row->find(key) == nullptr) report_.error(row->line, std::string("cct_curve: a row lacks ") + key);
      }
      curve.push_back({row->line, lint_value(row->find("cct"), 0), lint_value(row->find("red"), 0), lint_value(row->find("blue"), 0)});
    }
    check_temperatures(curve, "cct_curve", report_);
    check_whites(curve, "cct_curve", report_);
    if (curve.size() == 1) report_.warning(curve[0].line, "cct_curve has a single point: of all other light the curve is a guess");
    check_far_from(corrections_, curve, "corrections", report_);
    const YamlNode* modes = root_.find("awb_modes");
    std::vector<ModeRange> ranges;
    for (std::size_t i = 0; modes != nullptr && i < modes->keys.size(); i++) {
      const std::vector<double> range = lint_numbers(&modes->items[i]);
      if (range.size() == 2) {
        ranges.push_back({modes->key_lines[i], "awb_modes." + shown(modes->keys[i]), std::max(range[0], 1.0), range[1]});
      } else {
        report_.error(modes->key_lines[i],
                      "awb_modes." + shown(modes->keys[i]) + " has " + std::to_string(range.size()) + " numbers, expected two, in kelvin");
      }
    }
    check_modes(ranges, curve, report_);
    for (const YamlNode* row : lint_rows(root_.find("lux_priors"))) {
      const std::vector<double> points = lint_numbers(row->find("points"));
      if (points.empty() || points.size() % 2 != 0)
        report_.error(row->line,
                      "lux_priors: points has " + std::to_string(points.size()) + " numbers, expected pairs of kelvin and log-probability");
      for (std::size_t i = 2; i < points.size(); i += 2) {
        if (!(points[i] > points[i - 2]))
          report_.error(row->line, "lux_priors: " + lint_number(points[i]) + " K comes after " + lint_number(points[i - 2]) +
                                       " K, expected rising ones");
      }
    }
  }

  void check_noise() {
    double before = 0;
    for (const YamlNode* row : lint_rows(root_.find("noise"))) {
      const double gain = lint_value(row->find("analogue_gain"), 0), shot = lint_value(row->find("shot"), 0);
      if (!(gain > before))
        report_.error(row->line, "noise: analogue_gain of " + lint_number(gain) + " does not rise above " + lint_number(before));
      if (shot == 0) report_.warning(row->line, "noise: shot is 0: no sensor is without, and little is reduced");
      before = gain;
    }
  }

  void check_shading() {
    std::vector<TablePoint> rows;
    for (const YamlNode* row : lint_rows(root_.find("shading"))) {
      rows.push_back({row->line, lint_value(row->find("cct"), 0), 0, 0});
      const double count = lint_value(row->find("columns"), 0) * lint_value(row->find("rows"), 0);
      for (const char* key : {"red", "green", "blue"}) {
        const YamlNode* table = row->find(key);
        const std::string name = "shading of " + lint_number(rows.back().cct) + " K, " + key;
        if (table == nullptr) report_.error(row->line, name + ": the table is missing");
        const std::vector<double> gains = lint_numbers(table);
        if (gains.empty()) continue;
        if (static_cast<double>(gains.size()) != count)
          report_.error(table->line,
                        name + " has " + std::to_string(gains.size()) + " gains, expected columns x rows = " + lint_number(count));
        const double least = *std::min_element(gains.begin(), gains.end());
        if (least < 1) report_.error(table->line, name + " has a gain of " + lint_number(least) + ", expected 1 or more");
        check_gains({table, table->line, name, 1, 0}, report_);
      }
    }
    check_temperatures(rows, "shading", report_);
  }

  /// Every field that a file gives, one by one, so that all that is wrong is told.
  void check_parameters() {
    CameraProfile profile;
    FieldList list;
    list.group("isp", profile.isp);
    list.group("aaa", profile.aaa);
    for (const char* group : {"isp", "aaa"}) {
      if (const YamlNode* node = root_.find(group)) check_fields(list.fields(), *node, group);
    }
  }

  void check_fields(const std::vector<Field>& fields, const YamlNode& node, const std::string& path) {
    const bool is_group = std::any_of(fields.begin(), fields.end(), [&](const Field& field) { return field.path.starts_with(path + "."); });
    if (is_group && node.kind == YamlNode::Kind::kMap) {
      for (std::size_t i = 0; i < node.keys.size(); i++) {
        if (node.keys[i].find('.') == std::string::npos) check_fields(fields, node.items[i], path + "." + node.keys[i]);
      }
      return;
    }
    // One field alone is read as the importer reads it: a tree of the path and the value.
    YamlNode tree = node;
    std::string rest = path;
    for (std::size_t dot = rest.rfind('.'); !rest.empty(); dot = rest.rfind('.')) {
      YamlNode outer;
      outer.kind = YamlNode::Kind::kMap;
      outer.line = node.line;
      outer.keys = {dot == std::string::npos ? rest : rest.substr(dot + 1)};
      outer.items = {std::move(tree)};
      tree = std::move(outer);
      rest = dot == std::string::npos ? "" : rest.substr(0, dot);
    }
    try {
      read_fields(fields, tree, "", "");
    } catch (const Error& error) {
      const std::string_view text = error.what();  // ":<line>: ..."
      const std::size_t colon = text.find(": ");
      report_.error(node.line, std::string(colon == std::string_view::npos ? text : text.substr(colon + 2)));
    }
  }

  const YamlNode& root_;
  LintReport& report_;
  std::vector<TablePoint> corrections_;
};

}  // namespace

std::string lint_profile(const YamlNode& root, LintReport& report) {
  Linter(root, report).lint();
  return "Argent profile";
}

}  // namespace argent
