#include <algorithm>
#include <cmath>
#include <iterator>
#include <numeric>

#include "calibration/lint/format_lints.h"
#include "calibration/lint/libcamera_rules.h"
#include "calibration/lint/table_checks.h"
#include "models/runtime/quoted_text.h"

namespace argent {
namespace {

using enum LibcameraPipeline;

const char* words_of(LibcameraPipeline pipeline) {
  switch (pipeline) {
    case kSimple:
      return "software ISP";
    case kRkisp1:
      return "rkisp1";
    case kMaliC55:
      return "mali-c55";
    case kIpu3:
      return "ipu3";
    case kUnnamed:
      break;
  }
  return "any ISP";
}

class Linter {
 public:
  Linter(const YamlNode& root, LintReport& report) : root_(root), report_(report), pipeline_(pipeline_of(root)) {}

  std::string lint() {
    check_head();
    const YamlNode* list = root_.find("algorithms");
    if (list->kind != YamlNode::Kind::kList)
      report_.error(list->line, "algorithms is " + std::string(name_of(list->kind)) + ", expected a list");
    for (const YamlNode& entry : list->items) {
      if (entry.kind != YamlNode::Kind::kMap || entry.keys.size() != 1) {
        report_.error(entry.line, "an entry of algorithms " +
                                      (entry.kind == YamlNode::Kind::kMap ? "has " + std::to_string(entry.keys.size()) + " keys"
                                                                          : "is " + std::string(name_of(entry.kind))) +
                                      ", expected one algorithm");
      }
      for (std::size_t i = 0; i < entry.keys.size(); i++) check_algorithm(entry.keys[i], entry.key_lines[i], entry.items[i]);
    }
    check_missing();
    check_far_from(corrections_, curve_, "Ccm", report_);
    return std::string("libcamera tuning, ") + words_of(pipeline_);
  }

 private:
  void check_head() {
    const YamlNode* version = root_.find("version");
    if (lint_value(version, 0) != 1) {
      report_.error(version != nullptr ? version->line : root_.line, version != nullptr
                                                                         ? "version " + shown(version->scalar) + ", expected 1"
                                                                         : "there is no version, expected 1: libcamera refuses the file");
    }
    for (std::size_t i = 0; i < root_.keys.size(); i++) {
      if (root_.keys[i] != "version" && root_.keys[i] != "algorithms")
        report_.warning(root_.key_lines[i], "unknown key " + shown(root_.keys[i]) + ", nobody reads it");
    }
  }

  bool belongs(const LibcameraAlgorithm& known) const {
    return pipeline_ == kUnnamed || known.pipelines.size() == 0 ||
           std::find(known.pipelines.begin(), known.pipelines.end(), pipeline_) != known.pipelines.end();
  }

  void check_algorithm(const std::string& name, int line, const YamlNode& parameters) {
    if (std::find(names_.begin(), names_.end(), name) != names_.end()) report_.warning(line, shown(name) + " is there twice");
    names_.push_back(name);
    const std::span<const LibcameraAlgorithm> all = libcamera_algorithms();
    const auto known = std::find_if(all.begin(), all.end(), [&](const LibcameraAlgorithm& k) { return k.name == name; });
    if (known == all.end() || !belongs(*known)) {
      std::vector<std::string_view> names;
      for (const LibcameraAlgorithm& k : all) {
        if (belongs(k)) names.push_back(k.name);
      }
      const std::string_view meant = nearest(name, names);
      report_.error(line, "unknown algorithm " + shown(name) + " of " + words_of(pipeline_) +
                              (meant.empty() ? "" : ", did you mean " + std::string(meant)) + ": libcamera refuses the file");
      return;
    }
    if (parameters.kind == YamlNode::Kind::kNull) return;
    if (parameters.kind != YamlNode::Kind::kMap) {
      report_.error(line, name + " is " + std::string(name_of(parameters.kind)) + ", expected a map");
      return;
    }
    check_keys(parameters, known->rules, name, Finding::Severity::kWarning, report_);
    if (name == "Ccm") check_corrections(parameters, line);
    if (name == "Awb") check_balance(parameters);
    if (name == "LensShadingCorrection") check_shading(parameters);
    if (name == "Lsc") check_mali_shading(parameters);
    if (name == "BlackLevelCorrection") check_black(parameters, line);
    if (name == "GammaSensorLinearization") check_linearization(parameters, line);
  }

  void check_missing() {
    const auto has = [&](std::string_view name) { return std::find(names_.begin(), names_.end(), name) != names_.end(); };
    if (!has("Agc")) report_.warning(0, "there is no Agc: exposure is not controlled");
    if (!has("Awb") && has("Ccm")) report_.warning(0, "there is a Ccm and no Awb: matrices are for balanced colors");
    if (pipeline_ == kSimple && !has("Lut") && !has("Adjust"))
      report_.note(0, "there is neither Adjust nor Lut: no gamma is applied by libcamera up to 0.7");
  }

  void check_corrections(const YamlNode& ccm, int line) {
    const std::vector<const YamlNode*> rows = lint_rows(ccm.find("ccms"));
    if (rows.empty()) report_.error(line, "Ccm has no ccms");
    for (const YamlNode* row : rows) {
      corrections_.push_back({row->line, lint_value(row->find("ct"), 0), 0, 0});
      const YamlNode* matrix = row->find("ccm");
      const std::string name = "Ccm of " + lint_number(corrections_.back().cct) + " K";
      if (matrix == nullptr) report_.error(row->line, name + " lacks ccm");
      if (matrix != nullptr) check_correction(matrix, matrix->line, name, report_);
      const std::vector<double> offsets = lint_numbers(row->find("offsets"));
      if (!offsets.empty() && offsets.size() != 3)
        report_.error(row->find("offsets")->line, name + ".offsets has " + std::to_string(offsets.size()) + " numbers, expected 3");
    }
    check_temperatures(corrections_, "Ccm.ccms", report_);
  }

  void check_balance(const YamlNode& awb) {
    for (const YamlNode* row : lint_rows(awb.find("colourGains"))) {
      const std::vector<double> gains = lint_numbers(row->find("gains"));
      if (gains.size() != 2 || !(gains[0] > 0 && gains[1] > 0)) {
        report_.error(row->line, "Awb.colourGains of " + lint_number(lint_value(row->find("ct"), 0)) +
                                     " K has no two positive gains, of red and blue");
      } else {
        curve_.push_back({row->line, lint_value(row->find("ct"), 0), 1 / gains[0], 1 / gains[1]});
      }
    }
    check_temperatures(curve_, "Awb.colourGains", report_);
    check_whites(curve_, "Awb.colourGains (1 / gain)", report_);
    const YamlNode* modes = awb.find("AwbMode");
    std::vector<ModeRange> ranges;
    for (std::size_t i = 0; modes != nullptr && i < modes->keys.size(); i++) {
      ranges.push_back({modes->key_lines[i], "Awb.AwbMode." + shown(modes->keys[i]), lint_value(modes->items[i].find("lo"), 0),
                        lint_value(modes->items[i].find("hi"), 0)});
    }
    check_modes(ranges, curve_, report_);
    const YamlNode* algorithm = awb.find("algorithm");
    if (algorithm != nullptr && algorithm->scalar == "bayes" && curve_.size() < 2)
      report_.error(algorithm->line, "Awb.algorithm is bayes, which needs colourGains of two temperatures or more");
    double before = -1;
    for (const YamlNode* row : lint_rows(awb.find("priors"))) {
      const std::vector<double> ccts = lint_numbers(row->find("ct")), values = lint_numbers(row->find("probability"));
      if (ccts.empty() || ccts.size() != values.size()) {
        report_.error(row->line, "Awb.priors has " + std::to_string(ccts.size()) + " temperatures and " + std::to_string(values.size()) +
                                     " probabilities, expected as many of each");
      } else if (std::adjacent_find(ccts.begin(), ccts.end(), std::greater_equal<>()) != ccts.end()) {
        report_.error(row->line, "Awb.priors: temperatures do not rise");
      }
      const double lux = lint_value(row->find("lux"), 0);
      if (!(lux > before))
        report_.error(row->line,
                      "Awb.priors: lux of " + lint_number(lux) + " does not rise above the " + lint_number(before) + " before it");
      before = lux;
    }
  }

  void check_black(const YamlNode& black, int line) {
    const auto count = std::count_if(std::begin(kSites), std::end(kSites), [&](const char* key) { return black.find(key) != nullptr; });
    if (count != 0 && count != 4)
      report_.error(line, "BlackLevelCorrection has " + std::to_string(count) + " of R, Gr, Gb, B, expected all four");
  }
  static constexpr const char* kSites[] = {"R", "Gr", "Gb", "B"};

  void check_shading(const YamlNode& shading) {
    const YamlNode* type = shading.find("type");
    if (type != nullptr && type->scalar != "table") return;
    for (const char* key : {"x-size", "y-size"}) {
      const std::vector<double> sizes = lint_numbers(shading.find(key));
      const double sum = std::accumulate(sizes.begin(), sizes.end(), 0.0);
      if (shading.find(key) == nullptr || (sizes.size() == 8 && std::abs(sum - 0.5) < 0.01)) continue;
      report_.error(shading.find(key)->line, std::string("LensShadingCorrection.") + key + " has " + std::to_string(sizes.size()) +
                                                 " sizes that sum to " + lint_number(sum) + ", expected 8 that sum to 0.5");
    }
    std::vector<TablePoint> rows;
    for (const YamlNode* set : lint_rows(shading.find("sets"))) {
      rows.push_back({set->line, lint_value(set->find("ct"), 0), 0, 0});
      for (const char* key : {"r", "gr", "gb", "b"}) {
        const YamlNode* table = set->find(key);
        const std::string name = "LensShadingCorrection of " + lint_number(rows.back().cct) + " K, " + key;
        if (table == nullptr) {
          report_.error(set->line, name + ": the table is missing");
          continue;
        }
        check_table(*table, name, kRkisp1Nodes * kRkisp1Nodes, kRkisp1MostGain);
        check_gains({table, table->line, name + " (of 1024)", kRkisp1UnitGain, 0.99}, report_);
      }
    }
    check_sets(std::move(rows), "LensShadingCorrection");
  }

  void check_mali_shading(const YamlNode& shading) {
    std::vector<TablePoint> rows;
    for (const YamlNode* set : lint_rows(shading.find("sets"))) {
      rows.push_back({set->line, lint_value(set->find("ct"), 0), 0, 0});
      for (const char* key : {"r", "g", "b"}) {
        const YamlNode* table = set->find(key);
        const std::string name = "Lsc of " + lint_number(rows.back().cct) + " K, " + key;
        if (table == nullptr) {
          report_.error(set->line, name + ": the table is missing");
        } else if (const std::size_t count = lint_numbers(table).size(); count != 1024 && count != 256 && count != 0) {
          report_.error(table->line, name + " has " + std::to_string(count) + " gains, expected 1024 (32x32) or 256 (16x16)");
        }
      }
    }
    check_sets(std::move(rows), "Lsc");
  }

  /// libcamera sorts sets by itself.
  void check_sets(std::vector<TablePoint> rows, const std::string& name) {
    std::stable_sort(rows.begin(), rows.end(), [](const TablePoint& a, const TablePoint& b) { return a.cct < b.cct; });
    check_temperatures(rows, name + ".sets", report_);
  }

  void check_table(const YamlNode& table, const std::string& name, std::size_t count, double most) {
    const std::vector<double> values = lint_numbers(&table);
    if (table.kind != YamlNode::Kind::kList) {
      report_.error(table.line, name + " is " + std::string(name_of(table.kind)) + ", expected a list");
    } else if (values.empty()) {
      report_.error(table.line, name + " is empty, or holds what is no finite number");
    } else if (values.size() != count) {
      report_.error(table.line, name + " has " + std::to_string(values.size()) + " numbers, expected " + std::to_string(count));
    } else if (const auto large = std::max_element(values.begin(), values.end()); *large > most) {
      report_.error(table.items[static_cast<std::size_t>(large - values.begin())].line,
                    name + " holds " + lint_number(*large) + ", expected at most " + lint_number(most));
    }
  }

  void check_linearization(const YamlNode& curve, int line) {
    if (const std::vector<double> steps = lint_numbers(curve.find("x-intervals")); steps.size() != 16) {
      report_.error(line, "GammaSensorLinearization.x-intervals has " + std::to_string(steps.size()) + " numbers, expected 16");
    }
    for (const char* key : {"red", "green", "blue"}) {
      const YamlNode* y = curve.find("y");
      const std::vector<double> values = lint_numbers(y != nullptr ? y->find(key) : nullptr);
      if (values.size() != 17)
        report_.error(line,
                      std::string("GammaSensorLinearization.y.") + key + " has " + std::to_string(values.size()) + " numbers, expected 17");
      if (std::adjacent_find(values.begin(), values.end(), std::greater<>()) != values.end()) {
        report_.error(line, std::string("GammaSensorLinearization.y.") + key + " falls: brighter would become darker");
      }
    }
  }

  const YamlNode& root_;
  LintReport& report_;
  LibcameraPipeline pipeline_;
  std::vector<std::string> names_;
  std::vector<TablePoint> curve_, corrections_;
};

}  // namespace

std::string lint_libcamera(const YamlNode& root, LintReport& report) { return Linter(root, report).lint(); }

}  // namespace argent
