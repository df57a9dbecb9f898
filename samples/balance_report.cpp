#include "samples/balance_report.h"

#include <algorithm>
#include <array>
#include <cstdio>
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
  std::string estimator;
  BalanceSummary summary;
};

std::vector<Row> rows_of(std::span<const BalanceGroup> groups, const std::string& sensor) {
  std::vector<Row> rows;
  for (const BalanceGroup& group : groups) {
    if (group.sensor == sensor) rows.push_back({group.estimator, summary_of(group.scores)});
  }
  std::stable_sort(rows.begin(), rows.end(),
                   [](const Row& a, const Row& b) { return a.summary.all.mired.mean < b.summary.all.mired.mean; });
  return rows;
}

/// With folds there is an honest row of bayes, so that the one that has seen the pictures is not to win.
bool competes(const Row& row, const std::vector<Row>& rows) {
  const bool folds = std::any_of(rows.begin(), rows.end(), [](const Row& r) { return r.estimator == "bayes_folds"; });
  return !(folds && row.estimator == "bayes");
}

/// Five columns of one unit; what is best in its column stands out.
std::string error_cells(const std::vector<Row>& rows, const Row& own, ErrorSummary BalanceSummary::Part::*unit, int digits) {
  std::string out;
  for (std::size_t i = 0; i < kErrors.size(); i++) {
    const auto error_of = [&](const Row& row) { return row.summary.all.*unit.*kErrors[i]; };
    const bool best = competes(own, rows) && std::all_of(rows.begin(), rows.end(), [&](const Row& row) {
                        return !competes(row, rows) || error_of(own) <= error_of(row);
                      });
    out += cell(fixed(error_of(own), digits), best, i == 0);
  }
  return out;
}

std::string error_table(const std::vector<Row>& rows) {
  const std::string names = "<th class=\"first\">mean</th><th>median</th><th>trimean</th><th>best 1/4</th><th>worst 1/4</th>";
  std::string out =
      "<table><thead><tr><th></th><th></th><th></th><th class=\"group\" colspan=\"5\">error, mired</th>"
      "<th class=\"group\" colspan=\"5\">error, degrees</th></tr>\n<tr><th>estimator</th><th>pictures</th><th>no answer</th>" +
      names + names + "</tr></thead>\n";
  for (const Row& row : rows) {
    const BalanceSummary::Part& all = row.summary.all;
    out += "<tr>" + cell(html_of(row.estimator)) + cell(std::to_string(all.images)) + cell(std::to_string(row.summary.abstained.images)) +
           error_cells(rows, row, &BalanceSummary::Part::mired, 1) + error_cells(rows, row, &BalanceSummary::Part::degrees, 2) + "</tr>\n";
  }
  return out + "</table>\n";
}

std::string abstention_table(const std::vector<Row>& rows) {
  std::string body;
  for (const Row& row : rows) {
    const auto& [all, answered, abstained] = row.summary;
    if (abstained.images == 0) continue;
    body += "<tr>" + cell(html_of(row.estimator)) + cell(std::to_string(answered.images)) + cell(fixed(answered.mired.mean, 1)) +
            cell(fixed(answered.mired.worst_quarter, 1)) + cell(std::to_string(abstained.images), false, true) +
            cell(fixed(abstained.mired.mean, 1)) + "</tr>\n";
  }
  if (body.empty()) return "<p>Every estimator answered every picture.</p>\n";
  return "<p>In the tables above " + fixed(kStandInKelvin, 0) +
         " K stand in where an estimator had no answer. Here the two are apart; who is not "
         "listed always answered.</p>\n<table><thead><tr><th>estimator</th><th>answered</th><th>mean, mired</th><th>worst 1/4</th>"
         "<th class=\"first\">no answer</th><th>the stand-in's mean, mired</th></tr></thead>\n" +
         body + "</table>\n";
}

std::string reliability_table(std::span<const BalanceGroup> all) {
  std::string out =
      "<table><thead><tr><th>estimator</th><th>answers</th><th>claimed, rms mired</th><th>seen, rms mired</th><th>seen / claimed</th>"
      "<th>within 1 sigma (68 %)</th><th>within 2 (95 %)</th><th>within 3 (99.7 %)</th></tr></thead>\n";
  for (const BalanceGroup& group : all) {
    const Reliability r = reliability_of(group.scores, 1);
    if (r.answers == 0) continue;
    const Reliability::Bin& whole = r.bins.front();
    out += "<tr>" + cell(html_of(group.estimator)) + cell(std::to_string(r.answers)) + cell(fixed(whole.claimed, 1)) +
           cell(fixed(whole.seen, 1)) + cell(fixed(whole.seen / whole.claimed, 2)) + cell(fixed(100 * r.within_one, 1) + " %") +
           cell(fixed(100 * r.within_two, 1) + " %") + cell(fixed(100 * share_within(group.scores, 3), 1) + " %") + "</tr>\n";
  }
  return out + "</table>\n";
}

/// Those of "all", the best first.
std::vector<BalanceGroup> over_all(std::span<const BalanceGroup> groups) {
  std::vector<BalanceGroup> all;
  for (const Row& row : rows_of(groups, "all")) {
    all.push_back(*std::find_if(groups.begin(), groups.end(),
                                [&](const BalanceGroup& g) { return g.sensor == "all" && g.estimator == row.estimator; }));
  }
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

}  // namespace

std::string balance_report(std::span<const BalanceGroup> groups, const BalanceReportSource& source) {
  const std::vector<BalanceGroup> all = over_all(groups);
  std::string body =
      "<h1>White balance against labels</h1>\n<p>" + std::to_string(all.front().scores.size()) + " pictures of " + html_of(source.folder) +
      ", tunings of " + html_of(source.tunings) + (source.folds.empty() ? "" : ", folds of " + html_of(source.folds)) +
      ".</p>\n<p><b>mired</b>: the estimate, projected on the sensor's cct curve and clamped to its ends, against the label; "
      "<b>degrees</b>: the angle between the estimated and the labelled light in the sensor's RGB. <b>camera</b> is what the "
      "camera itself decided. <b>bayes</b> has the shipped prior, which was fitted on all of pi_scenes/pisp: on those pictures "
      "its row shows what it has seen before. <b>bayes_folds</b> (with --folds) is fitted on the other folds: its row is the "
      "one to quote. Every estimate beyond the end of a curve meets a label at that end exactly, hence the errors of 0.</p>\n<nav><a "
      "href=\"#errors\">errors</a><a href=\"#confidence\">confidence</a>";
  for (const BalanceGroup& group : all) {
    body += "<a href=\"#" + html_of(group.estimator) + "\">" + html_of(group.estimator) + "</a>";
  }
  body += "<a href=\"#cameras\">each camera</a></nav>\n<h2 id=\"errors\">Errors, all cameras</h2>\n" + error_table(rows_of(groups, "all"));
  body += "<h3>Abstentions</h3>\n" + abstention_table(rows_of(groups, "all")) + error_plots(all);
  body +=
      "<h2 id=\"confidence\">Confidence</h2>\n<p>Each answer claims a standard deviation along the curve. If the claims are honest and the "
      "errors Gaussian, 68 % of the errors are within one sigma, 95 % within two; curves above the expectation are too modest, below it "
      "too "
      "sure. In the right plot the answers are sorted by what they claim, in ten bins of as many answers each: an honest estimator lies on "
      "the diagonal, and one whose claims mean something covers a range of it.</p>\n" +
      reliability_table(all) + reliability_plots(all);
  body += "<h2>Each estimator</h2>\n" + estimator_plots(all);
  body += "<h2 id=\"cameras\">Errors of each camera</h2>\n" + sensor_tables(groups);
  return plot_page("Argent: white balance against labels", body, {kStyle, balance_plot_script()});
}

}  // namespace argent
