#include "calibration/lint/agc_lint.h"

#include <algorithm>
#include <cctype>

#include "models/runtime/quoted_text.h"

namespace argent {
namespace {

template <class Check>
void each(const YamlNode* map, Check check) {
  for (std::size_t i = 0; map != nullptr && i < map->keys.size(); i++) check(map->items[i], map->key_lines[i], shown(map->keys[i]));
}

class ChannelLinter {
 public:
  ChannelLinter(std::size_t zones, LintReport& report) : zones_(zones), report_(report) {}

  void check_channel(const YamlNode& channel, int line, const std::string& name) {
    for (const char* key : {"metering_modes", "exposure_modes", "constraint_modes", "y_target"}) {
      if (channel.find(key) == nullptr) report_.error(line, name + " lacks " + key + ": libcamera refuses it");
    }
    each(channel.find("metering_modes"), [&](const YamlNode& mode, int at, const std::string& key) {
      const YamlNode* weights = mode.find("weights");
      const std::vector<double> values = lint_numbers(weights);
      const std::string what = name + ".metering_modes." + key;
      if (values.size() != zones_) {
        report_.error(at, what + " has " + std::to_string(values.size()) + " weights, expected " + std::to_string(zones_));
      } else if (std::all_of(values.begin(), values.end(), [](double w) { return w == 0; })) {
        report_.error(at, what + ": all weights are 0, nothing is metered");
      }
    });
    each(channel.find("exposure_modes"),
         [&](const YamlNode& mode, int at, const std::string& key) { check_program(mode, at, name + ".exposure_modes." + key); });
    const YamlNode* constraints = channel.find("constraint_modes");
    for (std::size_t i = 0; constraints != nullptr && i < constraints->items.size(); i++) {
      for (const YamlNode* row : lint_rows(&constraints->items[i]))
        check_constraint(*row, name + ".constraint_modes." + shown(i < constraints->keys.size() ? constraints->keys[i] : ""));
    }
  }

 private:
  void check_program(const YamlNode& mode, int line, const std::string& name) {
    const std::vector<double> shutter = lint_numbers(mode.find("shutter")), gain = lint_numbers(mode.find("gain"));
    if (shutter.size() != gain.size() || shutter.size() < 2) {
      report_.error(line, name + " has " + std::to_string(shutter.size()) + " shutter times and " + std::to_string(gain.size()) +
                              " gains, expected as many of each, two or more");
    }
    const auto falls = [&](const std::vector<double>& values, const char* key) {
      const auto at = std::adjacent_find(values.begin(), values.end(), [](double a, double b) { return b < a; });
      if (at != values.end())
        report_.warning(mode.find(key)->line,
                        name + "." + key + " falls from " + lint_number(at[0]) + " to " + lint_number(at[1]) + ", expected rising ones");
    };
    falls(shutter, "shutter");
    falls(gain, "gain");
  }

  void check_constraint(const YamlNode& row, const std::string& name) {
    const YamlNode* bound = row.find("bound");
    std::string word = bound != nullptr ? bound->scalar : "";
    for (char& c : word) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    if (word != "UPPER" && word != "LOWER")
      report_.error(bound != nullptr ? bound->line : row.line, name + " has the bound " + in_quotes(word) + ", expected UPPER or LOWER");
    for (const char* key : {"q_lo", "q_hi", "y_target"}) {
      if (row.find(key) == nullptr) report_.error(row.line, name + " lacks " + key);
    }
    if (lint_value(row.find("q_lo"), 0) > lint_value(row.find("q_hi"), 1))
      report_.error(row.line, name + ": q_lo is above q_hi, expected a range of the histogram");
  }

  std::size_t zones_;
  LintReport& report_;
};

}  // namespace

void check_agc(const YamlNode& agc, int line, std::size_t zones, LintReport& report) {
  ChannelLinter linter(zones, report);
  const std::vector<const YamlNode*> channels = lint_rows(agc.find("channels"));
  if (agc.find("channels") == nullptr) linter.check_channel(agc, line, "rpi.agc");
  for (std::size_t i = 0; i < channels.size(); i++) {
    linter.check_channel(*channels[i], channels[i]->line, "rpi.agc.channels[" + std::to_string(i) + "]");
  }
}

}  // namespace argent
