#include "samples/balance_table.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <sstream>

namespace argent {
namespace {

using Json = nlohmann::json;

std::string padded(const std::string& text, std::size_t width, bool left) {
  const std::string space(text.size() < width ? width - text.size() : 0, ' ');
  return left ? text + space : space + text;
}

std::string fixed(double value, int digits) {
  std::ostringstream out;
  out.setf(std::ios::fixed);
  out.precision(digits);
  out << value;
  return out.str();
}

std::string cells(const ErrorSummary& s, int digits) {
  std::string out;
  for (double value : {s.mean, s.median, s.trimean, s.best_quarter, s.worst_quarter}) out += padded(fixed(value, digits), 8, false);
  return out;
}

/// Of a folder or a camera: nothing that moves a terminal's cursor.
std::string printable(std::string text) {
  std::replace_if(
      text.begin(), text.end(), [](unsigned char c) { return c < 0x20 || c == 0x7f; }, '?');
  return text;
}

std::string percent(double share) { return fixed(100 * share, 0) + " %"; }

std::size_t widest(std::span<const BalanceGroup> groups, std::string BalanceGroup::*text) {
  std::size_t width = 10;
  for (const BalanceGroup& group : groups) width = std::max(width, printable(group.*text).size());
  return width + 2;
}

std::string error_table(std::span<const BalanceGroup> groups) {
  const std::size_t sensors = widest(groups, &BalanceGroup::sensor), names = widest(groups, &BalanceGroup::estimator);
  const bool measured = groups.front().measured();
  const std::size_t in_mired = summary_of(groups.front().scores).all.in_mired;
  const bool mired = in_mired > 0;
  const std::string five = "    mean  median trimean best1/4   worst";
  std::string out = printable(groups.front().set) + ": " + std::to_string(groups.front().scores.size()) + " pictures, " +
                    (measured ? "measured lights: degrees are the score" : "known temperatures: mired are the score") +
                    (measured && mired ? ", mired of " + std::to_string(in_mired) + " whose temperature is known" : "") + "\n";
  out += std::string(sensors + names + 12, ' ') + (mired ? padded("mired", five.size(), true) + "  " : "") +
         padded("degrees", five.size(), true) + "  mean score over\n";
  out += padded("sensor", sensors, true) + padded("estimator", names, true) + padded("n", 6, false) + padded("no", 6, false) +
         (mired ? five + "  " : "") + five + "  best classical  grey_edge\n";
  for (const BalanceGroup& group : groups) {
    const BalanceSummary s = summary_of(group.scores);
    out += padded(printable(group.sensor), sensors, true) + padded(group.estimator, names, true) +
           padded(std::to_string(s.all.images), 6, false) + padded(std::to_string(s.abstained.images), 6, false) +
           (mired ? cells(s.all.mired, 1) + "  " : "") + cells(s.all.degrees, 2) +
           padded(ratio_text(ratio_to_best_classical(group, groups)), 16, false) +
           padded(ratio_text(ratio_to_grey_edge(group, groups)), 11, false) + '\n';
  }
  return out;
}

/// Those that were not always sure enough to answer: what was answered, and what stands in where nothing was.
std::string abstentions(std::span<const BalanceGroup> all) {
  std::string out;
  for (const BalanceGroup& group : all) {
    const BalanceSummary s = summary_of(group.scores);
    if (s.abstained.images == 0) continue;
    const bool measured = group.measured();
    const auto mean = [&](const BalanceSummary::Part& part) { return measured ? part.degrees.mean : part.mired.mean; };
    out += padded(group.estimator, 18, true) + padded(std::to_string(s.answered.images), 6, false) + " answered" +
           padded(fixed(mean(s.answered), measured ? 2 : 1), 8, false) + padded(std::to_string(s.abstained.images), 6, false) + " not" +
           padded(fixed(mean(s.abstained), measured ? 2 : 1), 8, false) + '\n';
  }
  if (out.empty()) return out;
  return std::string("\nabstentions apart: mean error in ") + unit_of(all.front()) + " of the answers, and of " + fixed(kStandInKelvin, 0) +
         " K in place of none\n" + out;
}

std::string confidence_table(std::span<const BalanceGroup> all) {
  std::string out;
  for (const BalanceGroup& group : all) {
    const Reliability r = reliability_of(group.scores);
    if (r.answers == 0) continue;
    out += padded(group.estimator, 18, true) + padded(std::to_string(r.answers), 6, false) + padded(percent(r.within_68), 8, false) +
           padded(percent(r.within_95), 8, false) + padded(fixed(r.confident_half, 2), 10, false) + "   ";
    const int digits = group.measured() ? 2 : 1;
    for (const Reliability::Bin& bin : r.bins) out += padded(fixed(bin.claimed, digits) + ":" + fixed(bin.seen, digits), 13, false);
    out += '\n';
  }
  if (out.empty()) return out;
  return std::string("\nconfidence: truths in the claimed regions (") +
         (all.front().measured() ? "of (log R/G, log B/G)" : "along the curve") +
         "), mean error of the surest half over that of all,\nand by rising claim, in fifths, claimed:seen rms " + unit_of(all.front()) +
         "\nestimator             n  in 68 %  in 95 %  half/all\n" + out;
}

std::vector<BalanceGroup> over_all(std::span<const BalanceGroup> groups) {
  std::vector<BalanceGroup> all;
  std::copy_if(groups.begin(), groups.end(), std::back_inserter(all), [](const BalanceGroup& g) { return g.sensor == "all"; });
  return all;
}

Json json_of(const ErrorSummary& s) {
  return {
      {"mean", s.mean}, {"median", s.median}, {"trimean", s.trimean}, {"best_quarter", s.best_quarter}, {"worst_quarter", s.worst_quarter}};
}

/// null where no picture's temperature is known.
Json mired_of(const BalanceSummary::Part& part) { return part.in_mired > 0 ? json_of(part.mired) : Json(); }

Json json_of(const BalanceSummary::Part& part) {
  return {{"images", part.images}, {"mired", mired_of(part)}, {"degrees", json_of(part.degrees)}};
}

Json json_of(std::optional<double> number) { return number ? Json(*number) : Json(); }

Json errors_json(const BalanceGroup& group, std::span<const BalanceGroup> groups) {
  const BalanceSummary s = summary_of(group.scores);
  return {{"set", group.set},
          {"sensor", group.sensor},
          {"estimator", group.estimator},
          {"score", unit_of(group)},
          {"images", s.all.images},
          {"abstained", s.abstained.images},
          {"mired", mired_of(s.all)},
          {"degrees", json_of(s.all.degrees)},
          {"answered", json_of(s.answered)},
          {"stand_in", json_of(s.abstained)},
          {"ratio_to_best_classical", json_of(ratio_to_best_classical(group, groups))},
          {"ratio_to_grey_edge", json_of(ratio_to_grey_edge(group, groups))}};
}

Json reliability_json(const BalanceGroup& group, const Reliability& r) {
  Json fifths = Json::array();
  for (const Reliability::Bin& bin : r.bins) fifths.push_back({bin.claimed, bin.seen});
  return {{"reliability", group.estimator},
          {"set", group.set},
          {"unit", unit_of(group)},
          {"answers", r.answers},
          {"fifths", fifths},
          {"within_one", r.within_one},
          {"within_two", r.within_two},
          {"within_68", r.within_68},
          {"within_95", r.within_95},
          {"confident_half", r.confident_half}};
}

Json comparison_json(const PairedDifference& d, const BalanceGroup& any) {
  return {
      {"compare", {d.a, d.b}},        {"set", any.set}, {"unit", unit_of(any)}, {"pictures", d.pictures}, {"mean", {d.mean_a, d.mean_b}},
      {"difference", d.difference()}, {"low", d.low},   {"high", d.high}};
}

std::string quoted(const std::string& text) {
  std::string out = "\"";
  for (char c : text) out += c == '"' ? "\"\"" : std::string(1, c);
  return out + '"';
}

}  // namespace

std::string ratio_text(std::optional<double> ratio) { return ratio ? fixed(*ratio, 2) : "n/a"; }

std::string comparison_text(const PairedDifference& d, const char* unit) {
  return d.a + " " + fixed(d.mean_a, 2) + ", " + d.b + " " + fixed(d.mean_b, 2) + " " + unit + ": difference " + fixed(d.difference(), 2) +
         ", " + fixed(100 * Bootstrap{}.confidence, 0) + " % [" + fixed(d.low, 2) + ", " + fixed(d.high, 2) + "], " +
         std::to_string(d.pictures) + " pictures";
}

std::string balance_table(std::span<const BalanceGroup> groups, const Comparisons& comparisons) {
  std::string out;
  for (std::span<const BalanceGroup> set : sets_of(groups)) {
    const std::vector<BalanceGroup> all = over_all(set);
    out += (out.empty() ? "" : "\n") + error_table(set) + abstentions(all) + confidence_table(all);
    const auto found = comparisons.find(set.front().set);
    if (found == comparisons.end() || found->second.empty()) continue;
    out += "\npaired bootstrap over pictures, " + std::to_string(Bootstrap{}.draws) + " draws\n";
    for (const PairedDifference& difference : found->second) out += comparison_text(difference, unit_of(set.front())) + '\n';
  }
  return out;
}

std::string balance_json(std::span<const BalanceGroup> groups, const Comparisons& comparisons) {
  std::string out;
  const auto add = [&](const Json& line) { out += line.dump(-1, ' ', false, Json::error_handler_t::replace) + '\n'; };
  for (std::span<const BalanceGroup> set : sets_of(groups)) {
    for (const BalanceGroup& group : set) add(errors_json(group, set));
    for (const BalanceGroup& group : over_all(set)) {
      const Reliability r = reliability_of(group.scores);
      if (r.answers > 0) add(reliability_json(group, r));
    }
    const auto found = comparisons.find(set.front().set);
    if (found == comparisons.end()) continue;
    for (const PairedDifference& difference : found->second) add(comparison_json(difference, set.front()));
  }
  return out;
}

std::string balance_csv(std::span<const BalanceScore> scores) {
  std::ostringstream out;
  out << "file,sensor,estimator,true_kelvin,kelvin,error_mired,error_degrees,sigma_mired,evidence,set,error_u,error_v,sigma_degrees,"
         "mahalanobis\n";
  for (const BalanceScore& s : scores) {
    const auto number = [&](float value, bool known) -> std::ostream& { return known ? out << ',' << value : out << ','; };
    out << quoted(s.file) << ',' << quoted(s.sensor) << ',' << s.estimator;
    number(s.true_kelvin, s.has_mired());
    number(s.kelvin, true);
    number(s.mired, s.has_mired());
    number(s.degrees, true);
    number(s.sigma, true);
    number(s.evidence, true) << ',' << quoted(s.set);
    number(s.offset[0], s.measured);
    number(s.offset[1], s.measured);
    number(s.sigma_degrees, s.measured);
    number(s.mahalanobis, s.measured && s.claims()) << '\n';
  }
  return out.str();
}

}  // namespace argent
