#include "samples/balance_report.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <optional>
#include <vector>

#include "samples/balance_plots.h"
#include "samples/plot_page.h"

namespace argent {
namespace {

constexpr const char* kStyle = R"(body{max-width:1560px;color:#111}
table{border-collapse:collapse;margin:.5em 0 1.5em;font-variant-numeric:tabular-nums}
th,td{padding:.2em .7em;text-align:right;border-bottom:1px solid #ddd}th{font-weight:600}thead tr:last-child th{border-bottom:2px solid #888}
th:first-child,td:first-child{text-align:left}th.group{text-align:center;border-left:1px solid #bbb}.first{border-left:1px solid #bbb}
td.best{font-weight:700}p{max-width:75em}summary{cursor:pointer;font-weight:600;margin:.4em 0}nav a{margin-right:1em}
.plots.wide{grid-template-columns:repeat(auto-fill,minmax(620px,1fr))}.plots.wide .plot{height:360px}
.plots.one{grid-template-columns:repeat(auto-fill,minmax(340px,1fr))}.plots.one .plot{height:300px}
figcaption{font-weight:600}.legend{font-size:12.5px;line-height:1.35;min-height:2.7em}.legend b{font-weight:600}
.legend>span{margin-right:.8em;white-space:nowrap}.legend .names{color:#444}
.dygraph-axis-label{color:#222;font-size:12px}.dygraph-label{color:#222;font-size:13px;font-weight:400}
.dygraph-ylabel,.dygraph-xlabel{font-size:13px})";

std::string fixed(double value, int digits) {
  char text[32];
  std::snprintf(text, sizeof text, "%.*f", digits, value);
  return text;
}

std::string cell(const std::string& text, bool best = false, bool first = false) {
  const std::string classes = std::string(best ? "best" : "") + (best && first ? " " : "") + (first ? "first" : "");
  return "<td" + (classes.empty() ? "" : " class=\"" + classes + "\"") + ">" + text + "</td>";
}

constexpr std::array kErrors{&ErrorSummary::mean, &ErrorSummary::median, &ErrorSummary::trimean, &ErrorSummary::best_quarter,
                             &ErrorSummary::worst_quarter};

struct Row {
  const BalanceGroup* group;
  BalanceSummary summary;
  bool competes = true;
  std::optional<double> to_classical, to_grey_edge;

  double score(const BalanceSummary::Part& part) const { return group->measured() ? part.degrees.mean : part.mired.mean; }
};

/// The least mean error first.
std::vector<Row> rows_of(std::span<const BalanceGroup> groups, const std::string& sensor) {
  std::vector<Row> rows;
  for (const BalanceGroup& group : groups) {
    if (group.sensor != sensor) continue;
    rows.push_back({&group, summary_of(group.scores), competes(group, groups), ratio_to_best_classical(group, groups),
                    ratio_to_grey_edge(group, groups)});
  }
  std::stable_sort(rows.begin(), rows.end(), [](const Row& a, const Row& b) { return a.score(a.summary.all) < b.score(b.summary.all); });
  return rows;
}

/// Five columns of one unit; what is best in its column stands out.
std::string error_cells(const std::vector<Row>& rows, const Row& own, ErrorSummary BalanceSummary::Part::*unit, int digits) {
  std::string out;
  for (std::size_t i = 0; i < kErrors.size(); i++) {
    const auto error_of = [&](const Row& row) { return row.summary.all.*unit.*kErrors[i]; };
    const bool best = own.competes && std::all_of(rows.begin(), rows.end(),
                                                  [&](const Row& row) { return !row.competes || error_of(own) <= error_of(row); });
    out += cell(fixed(error_of(own), digits), best, i == 0);
  }
  return out;
}

std::string error_table(const std::vector<Row>& rows) {
  const std::string names = "<th class=\"first\">mean</th><th>median</th><th>trimean</th><th>best 1/4</th><th>worst 1/4</th>";
  const bool mired = !rows.empty() && rows.front().summary.all.in_mired > 0;
  std::string out = "<table><thead><tr><th></th><th></th><th></th>";
  out += mired ? "<th class=\"group\" colspan=\"5\">error, mired</th>" : "";
  out +=
      "<th class=\"group\" colspan=\"5\">error, degrees</th><th class=\"group\" colspan=\"2\">mean score over that of</th></tr>\n"
      "<tr><th>estimator</th><th>pictures</th><th>no answer</th>" +
      (mired ? names : "") + names + "<th class=\"first\">best classical</th><th>grey_edge</th></tr></thead>\n";
  for (const Row& row : rows) {
    const BalanceSummary::Part& all = row.summary.all;
    out += "<tr>" + cell(html_of(row.group->estimator)) + cell(std::to_string(all.images)) +
           cell(std::to_string(row.summary.abstained.images)) + (mired ? error_cells(rows, row, &BalanceSummary::Part::mired, 1) : "") +
           error_cells(rows, row, &BalanceSummary::Part::degrees, 2) + cell(ratio_text(row.to_classical), false, true) +
           cell(ratio_text(row.to_grey_edge)) + "</tr>\n";
  }
  return out + "</table>\n";
}

std::string abstention_table(const std::vector<Row>& rows) {
  std::string body;
  for (const Row& row : rows) {
    const auto& [all, answered, abstained] = row.summary;
    if (abstained.images == 0) continue;
    const bool measured = row.group->measured();
    const int digits = measured ? 2 : 1;
    body += "<tr>" + cell(html_of(row.group->estimator)) + cell(std::to_string(answered.images)) +
            cell(fixed(row.score(answered), digits)) + cell(fixed((measured ? answered.degrees : answered.mired).worst_quarter, digits)) +
            cell(std::to_string(abstained.images), false, true) + cell(fixed(row.score(abstained), digits)) + "</tr>\n";
  }
  if (body.empty()) return "<p>Every estimator answered every picture.</p>\n";
  return "<p>In the tables above " + fixed(kStandInKelvin, 0) +
         " K stand in where an estimator had no answer. Here the two are apart; who is not "
         "listed always answered. Errors in " +
         unit_of(*rows.front().group) +
         ".</p>\n<table><thead><tr><th>estimator</th><th>answered</th><th>mean</th><th>worst 1/4</th>"
         "<th class=\"first\">no answer</th><th>the stand-in's mean</th></tr></thead>\n" +
         body + "</table>\n";
}

std::string reliability_table(std::span<const BalanceGroup> all) {
  std::string out = std::string("<table><thead><tr><th>estimator</th><th>answers</th><th>claimed, rms ") + unit_of(all.front()) +
                    "</th><th>seen, rms " + unit_of(all.front()) +
                    "</th><th>seen / claimed</th><th>in the region of 68 %</th><th>of 95 %</th><th>of 99.7 %</th>"
                    "<th>error of the surest half / of all</th></tr></thead>\n";
  for (const BalanceGroup& group : all) {
    const Reliability r = reliability_of(group.scores, 1);
    if (r.answers == 0) continue;
    const Reliability::Bin& whole = r.bins.front();
    const int digits = group.measured() ? 2 : 1;
    out += "<tr>" + cell(html_of(group.estimator)) + cell(std::to_string(r.answers)) + cell(fixed(whole.claimed, digits)) +
           cell(fixed(whole.seen, digits)) + cell(fixed(whole.seen / whole.claimed, 2)) + cell(fixed(100 * r.within_68, 1) + " %") +
           cell(fixed(100 * r.within_95, 1) + " %") + cell(fixed(100 * share_within(group.scores, 3), 1) + " %") +
           cell(fixed(r.confident_half, 2)) + "</tr>\n";
  }
  return out + "</table>\n";
}

std::string comparison_list(std::span<const PairedDifference> differences, const char* unit) {
  if (differences.empty()) return "";
  std::string out =
      "<h3>Compared</h3>\n<p>Mean difference over the same pictures, with the interval of a paired bootstrap: what leaves out 0 is "
      "more than luck.</p>\n<ul>\n";
  for (const PairedDifference& difference : differences) out += "<li>" + html_of(comparison_text(difference, unit)) + "</li>\n";
  return out + "</ul>\n";
}

/// Those of "all", the best first.
std::vector<BalanceGroup> over_all(std::span<const BalanceGroup> groups) {
  std::vector<BalanceGroup> all;
  for (const Row& row : rows_of(groups, "all")) all.push_back(*row.group);
  return all;
}

std::string sensor_tables(std::span<const BalanceGroup> groups) {
  std::string out, last = "all";
  for (const BalanceGroup& group : groups) {
    if (group.sensor == last) continue;
    last = group.sensor;
    out += "<details open><summary>" + html_of(group.sensor) + ", " + std::to_string(group.scores.size()) + " pictures</summary>\n" +
           error_table(rows_of(groups, group.sensor)) + "</details>\n";
  }
  return out;
}

/// Not every estimator has every picture.
std::size_t most_pictures(std::span<const BalanceGroup> groups) {
  std::size_t most = 0;
  for (const BalanceGroup& group : groups) most = std::max(most, group.scores.size());
  return most;
}

std::string set_part(std::span<const BalanceGroup> groups, std::span<const PairedDifference> differences, const std::string& prefix) {
  const std::vector<BalanceGroup> all = over_all(groups);
  const BalanceGroup& best = all.front();
  const auto link = [&](const std::string& name, const std::string& text) {
    return "<a href=\"#" + prefix + html_of(name) + "\">" + html_of(text) + "</a>";
  };
  std::string body = "<h1>" + html_of(best.set) + "</h1>\n<p>" + std::to_string(most_pictures(groups)) + " pictures, " +
                     (best.measured() ? "whose lights were measured: degrees are the score."
                                      : "whose lights' temperatures are known: mired "
                                        "are the score.") +
                     "</p>\n<nav>" + link("errors", "errors") + link("confidence", "confidence");
  for (const BalanceGroup& group : all) body += link(group.estimator, group.estimator);
  body += link("cameras", "each camera") + "</nav>\n<h2 id=\"" + prefix + "errors\">Errors, all cameras</h2>\n" +
          error_table(rows_of(groups, "all")) + comparison_list(differences, unit_of(best)) + "<h3>Abstentions</h3>\n" +
          abstention_table(rows_of(groups, "all")) + error_plots(all, prefix);
  body +=
      "<h2 id=\"" + prefix + "confidence\">Confidence</h2>\n<p>Each answer claims " +
      (best.measured() ? "a covariance in (log R/G, log B/G); by it the truth lies in a smallest ellipse about the answer, whose content "
                         "is chi-square's with two degrees of freedom."
                       : "a standard deviation along the curve, Gaussian.") +
      std::string(
          " If the claims are honest, 68 % of the truths are in the regions of 68 %, and so on; curves above the expectation are too "
          "modest, below it too sure. In the plot of claimed and seen error the answers are sorted by what they claim, in ten bins of as "
          "many answers each: an honest estimator lies on the diagonal, and one whose claims mean something covers a range of it. In "
          "the last plot only the surest answers are kept: where confidence says something, the error falls towards the left.</p>\n") +
      reliability_table(all) + reliability_plots(all, prefix);
  body += "<h2>Each estimator</h2>\n" + estimator_plots(all, prefix);
  return body + "<h2 id=\"" + prefix + "cameras\">Errors of each camera</h2>\n" + sensor_tables(groups);
}

std::string joined(std::span<const std::string> texts) {
  std::string out;
  for (const std::string& text : texts) {
    if (!text.empty()) out += (out.empty() ? "" : ", ") + text;
  }
  return out;
}

}  // namespace

std::string balance_report(std::span<const BalanceGroup> groups, const Comparisons& comparisons, const BalanceReportSource& source) {
  const std::string tunings = joined(source.tunings);
  std::string body =
      "<h1>White balance against labels</h1>\n<p>Estimators of the light, set by set" +
      (tunings.empty() ? "" : ", tunings of " + html_of(tunings)) + (source.folds.empty() ? "" : ", folds of " + html_of(source.folds)) +
      ".</p>\n<p><b>degrees</b>: the angle between the estimated and the true light in the sensor's RGB; <b>mired</b>: the estimate, "
      "projected on the sensor's cct curve and clamped to its ends, against the label; every estimate beyond the end of a curve meets a "
      "label at that end exactly, hence errors of 0. <b>camera</b> is what the camera itself decided. <b>bayes</b> has the shipped prior, "
      "which was fitted on all of pi_scenes/pisp: on those pictures its row shows what it has seen before. <b>bayes_folds</b> (with "
      "--folds) is fitted on the other folds: its row is the one to quote.</p>\n";
  int number = 0;
  for (std::span<const BalanceGroup> set : sets_of(groups)) {
    const auto found = comparisons.find(set.front().set);
    const std::span<const PairedDifference> differences =
        found == comparisons.end() ? std::span<const PairedDifference>() : std::span<const PairedDifference>(found->second);
    body += set_part(set, differences, number == 0 ? "" : "s" + std::to_string(number) + "_");
    number++;
  }
  return plot_page("Argent: white balance against labels", body, {kStyle, balance_plot_script()});
}

}  // namespace argent
