#include "samples/contest_report.h"

#include <map>

#include "samples/contest_pictures.h"
#include "samples/contest_plots.h"
#include "samples/plot_page.h"

namespace argent {
namespace {

constexpr const char* kOwnStyle = R"(
body{font:15px/1.45 system-ui,sans-serif;color:#111;background:#fff;margin:2em auto;padding:0 1.5em;max-width:1400px}
h2{margin-top:2.5em;border-bottom:2px solid #111}h3{margin:1.6em 0 .4em}h4{margin:1em 0 .3em}a{color:#1558b0}
table{border-collapse:collapse;margin:.3em 0 1.2em}table{font-size:13.5px}th,td{padding:.2em .45em;text-align:right;border-bottom:1px solid #bbb;white-space:nowrap}
th:first-child,td:first-child{text-align:left}th[title]{cursor:help}dt{font-weight:600}dd{margin:0 0 .4em 1.5em}
.wide{overflow-x:auto}.row{display:flex;flex-wrap:wrap;gap:1em}figure{margin:0}figcaption{font-weight:600}small{font-weight:400}
.plots{display:grid;grid-template-columns:repeat(auto-fill,minmax(420px,1fr));gap:1.4em;margin-top:1em}
.plot{width:100%;height:220px}.legend{font-size:13px;min-height:1.4em}.row img{display:block}.row img,.map{border:1px solid #888}
.row figure{font-size:13px;max-width:320px}.dygraph-axis-label,.dygraph-label,.dygraph-legend{color:#111}
)";

// The marks are drawn under the curves: a line and what happened.
constexpr const char* kPlotFunction = R"(
function plot(id, rows, options, marks) {
  options.labelsDiv = document.getElementById(options.labelsDiv);
  options.strokeWidth = 1.6;
  options.axes = {y: {axisLabelWidth: 58}};
  options.gridLineColor = '#ddd';
  options.underlayCallback = function (canvas, area, graph) {
    canvas.save();
    canvas.strokeStyle = canvas.fillStyle = '#555';
    canvas.font = '12px sans-serif';
    for (const [frame, name] of marks) {
      const x = Math.round(graph.toDomXCoord(frame)) + 0.5;
      if (x < area.x || x > area.x + area.w) continue;
      canvas.setLineDash([2, 3]);
      canvas.beginPath();
      canvas.moveTo(x, area.y);
      canvas.lineTo(x, area.y + area.h);
      canvas.stroke();
      canvas.fillText(name, x + 3, area.y + 11);
    }
    canvas.restore();
  };
  new Dygraph(document.getElementById(id), rows, options);
}
)";

std::string table_of(const ReportScenario& scenario) {
  std::string out = "<div class=\"wide\"><table><tr><th>contestant</th>";
  for (const ContestColumn& column : scenario.columns)
    out += "<th title=\"" + html_of(column.meaning) + "\">" + html_of(column.title) + "</th>";
  out += "</tr>\n";
  for (const ReportRow& row : scenario.rows) {
    out += "<tr><td>" + html_of(row.contestant) + "</td>";
    for (const std::string& cell : row.cells) out += "<td>" + html_of(cell) + "</td>";
    out += "</tr>\n";
  }
  return out + "</table></div>\n";
}

std::string size_of(const ReportScenario& scenario) {
  const std::size_t frames = scenario.rows.empty() ? 0 : scenario.rows.front().run.frames.size();
  return std::to_string(scenario.runs) + (scenario.runs == 1 ? " run" : " runs") + " of " + std::to_string(frames) + " frames";
}

/// All tables, each with a link to its scenario's part of the page.
std::string overview(std::span<const ReportScenario> scenarios) {
  std::string out = "<h2 id=\"overview\">All scenarios</h2>\n";
  for (std::size_t i = 0; i < scenarios.size(); i++) {
    out += "<h3><a href=\"#s" + std::to_string(i) + "\">" + html_of(scenarios[i].name) + "</a> <small>" + size_of(scenarios[i]) +
           "</small></h3>\n" + table_of(scenarios[i]);
  }
  return out;
}

std::string glossary(std::span<const ReportScenario> scenarios) {
  std::map<std::string, std::string> meanings;
  for (const ReportScenario& scenario : scenarios) {
    for (const ContestColumn& column : scenario.columns) {
      if (std::string(column.title) != "95%") meanings[column.title] = column.meaning;
    }
  }
  std::string out = "<details><summary>What the columns mean</summary><dl>\n";
  for (const auto& [title, meaning] : meanings) out += "<dt>" + html_of(title) + "</dt><dd>" + html_of(meaning) + "</dd>\n";
  return out + "<dt>95%</dt><dd>what 95 % of the runs or steps do not pass, of the column before it</dd></dl></details>\n";
}

std::string pictures_of(const Run& run) {
  std::string out = "<div class=\"row\">\n";
  for (const Thumbnail& thumbnail : thumbnails_of(run)) {
    const std::string caption = "frame " + std::to_string(thumbnail.frame.frame) + ": " + thumbnail.frame.why;
    out += "<figure><img alt=\"" + caption + "\" src=\"data:image/jpeg;base64," + base64(thumbnail.jpeg) + "\">" + caption + "</figure>\n";
  }
  return out + "</div>\n";
}

std::string part_of(const ReportScenario& scenario, std::size_t index) {
  const std::string id = "s" + std::to_string(index);
  std::string out = "<h2 id=\"" + id + "\">" + html_of(scenario.name) + "</h2>\n<p>" + size_of(scenario) +
                    ". <a href=\"#overview\">All scenarios</a></p>\n" + table_of(scenario);
  for (std::size_t i = 0; i < scenario.rows.size(); i++) {
    const ReportRow& row = scenario.rows[i];
    out += "<h3>" + html_of(row.contestant) + ", seed " + std::to_string(row.run.scenario.seed) + "</h3>\n";
    out += pictures_of(row.run) + heat_maps_of(row.run.zones) + plots_of(row.run, id + "_" + std::to_string(i));
  }
  return out;
}

}  // namespace

std::string contest_report(std::span<const ReportScenario> scenarios) {
  std::string out =
      "<h1>The contest</h1>\n<p>Controllers of exposure, white balance and focus in a closed loop with a simulated camera. The tables are "
      "over all runs; pictures and plots are of each scenario's first. What is called an error is judged on the noise-free frame, which no "
      "contestant sees. Pictures: what the camera with pixels saw at these settings, rendered as the contestant decided for that frame. "
      "Drag over a plot to zoom, double-click to go back.</p>\n";
  out += overview(scenarios) + glossary(scenarios);
  for (std::size_t i = 0; i < scenarios.size(); i++) out += part_of(scenarios[i], i);
  return plot_page("Argent: the contest", out, {kOwnStyle, kPlotFunction});
}

}  // namespace argent
