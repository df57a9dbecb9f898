#include "samples/balance_plots.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <vector>

#include "samples/plot_page.h"

namespace argent {
namespace {

using Json = nlohmann::ordered_json;

constexpr int kReliabilityBins = 10;
constexpr double kMostSigmas = 4, kSigmaStep = 0.05;
constexpr double kMostMired = 150, kMostDegrees = 15;    // right ends of the cumulative plots
constexpr int kHistogramEnd = 120, kHistogramStep = 10;  // mired; what is beyond counts in the last bin
constexpr int kDegreeBins = 30, kBinsPerDegree = 2;
constexpr int kShareSteps = 50;

constexpr std::string_view kScript = R"(
// Dark enough for lines on white, told apart by the color-blind (after Okabe and Ito). A name has one color in all plots.
const kPalette=['#0072b2','#d55e00','#009e73','#cc79a7','#7a5c00','#56b4e9','#5b3a9b','#8f1d1d','#e69f00','#7fb800','#008b8b','#666666'];
const kColors={};
const color=name=>kColors[name]??=kPalette[Object.keys(kColors).length%kPalette.length];
const round=v=>v==null?'':String(+v.toPrecision(4));
function legend(d){
  const on=d.series.filter(s=>s.isVisible);
  const at=d.x==null?'':d.dygraph.getOption('xlabel')+' <b>'+round(d.x)+'</b>&emsp;';
  const names=d.x==null||!d.dygraph.names?'':' <span class="names">'+d.dygraph.names[d.dygraph.getSelection()]+'</span>';
  return at+on.filter(s=>d.x==null||s.y!=null)
    .map(s=>'<span style="color:'+s.color+'"><b>'+s.labelHTML+'</b>'+(d.x==null?'':' '+round(s.y))+'</span>').join(' ')+names;
}
function plot(id,rows,options,names){
  const div=document.getElementById(id);
  const g=new Dygraph(div,rows,Object.assign({legend:'always',labelsDiv:document.getElementById(id+'_legend'),
    legendFormatter:legend,strokeWidth:1.6,colors:options.labels.slice(1).map(color),axisLabelFontSize:12,
    xlabel:'',ylabel:'',xLabelHeight:20,yLabelWidth:20,gridLineColor:'#e4e4e4',axisLineColor:'#888',
    axes:{x:{valueFormatter:round},y:{valueFormatter:round}},highlightCircleSize:4,highlightSeriesBackgroundAlpha:1,
    highlightSeriesOpts:{strokeWidth:3},xRangePad:4},options));
  g.names=names;
}
const kReference={color:'#000',strokePattern:[5,4],strokeWidth:1.3,drawPoints:false,connectSeparatedPoints:true};
)";

/// May stand in a script element: no "<" can end it. Names of files may be bytes that are no UTF-8.
std::string script_text(const Json& json) {
  std::string out;
  for (char c : json.dump(-1, ' ', false, Json::error_handler_t::replace)) out += c == '<' ? "\\u003c" : std::string(1, c);
  return out;
}

Json number(double value) { return std::round(value * 1e3) / 1e3; }

/// A figure and the call that draws it. `options`, `names`: as JavaScript.
std::string figure(const std::string& id, std::string_view caption, const Json& rows, const std::string& options,
                   const std::string& names = "null") {
  return "<figure><figcaption>" + html_of(caption) + "</figcaption><div class=\"plot\" id=\"" + id +
         "\"></div><div class=\"legend\" id=\"" + id + "_legend\"></div></figure>\n<script>plot('" + id + "'," + script_text(rows) + "," +
         options + "," + names + ");</script>\n";
}

std::string options_of(const Json& labels, std::string_view x, std::string_view y, const std::string& more = "") {
  return "{labels:" + script_text(labels) + ",xlabel:'" + std::string(x) + "',ylabel:'" + std::string(y) + "'" + more + "}";
}

Json labels_of(std::string_view x, std::span<const BalanceGroup> groups) {
  Json labels{x};
  for (const BalanceGroup& group : groups) labels.push_back(group.estimator);
  return labels;
}

std::vector<BalanceGroup> with_sigma(std::span<const BalanceGroup> groups) {
  std::vector<BalanceGroup> out;
  std::copy_if(groups.begin(), groups.end(), std::back_inserter(out),
               [](const BalanceGroup& g) { return reliability_of(g.scores).answers > 0; });
  return out;
}

std::string cumulative_plot(std::span<const BalanceGroup> groups, const std::string& id, const char* unit, double end,
                            float BalanceScore::*error) {
  constexpr int kSteps = 150;
  std::vector<std::vector<float>> errors;  // of each group, rising
  for (const BalanceGroup& group : groups) {
    std::vector<float>& own = errors.emplace_back();
    for (const BalanceScore& s : group.scores) {
      if (error == &BalanceScore::degrees || s.has_mired()) own.push_back(s.*error);
    }
    std::sort(own.begin(), own.end());
  }
  Json rows = Json::array();
  for (int i = 0; i <= kSteps; i++) {
    const double x = end * i / kSteps;
    Json row{number(x)};
    for (const std::vector<float>& own : errors) {
      const auto within = std::upper_bound(own.begin(), own.end(), x) - own.begin();
      row.push_back(number(100.0 * static_cast<double>(within) / static_cast<double>(std::max<std::size_t>(own.size(), 1))));
    }
    rows.push_back(std::move(row));
  }
  return figure(id, std::string("Share of pictures with at most this error, ") + unit, rows,
                options_of(labels_of("error", groups), std::string("error, ") + unit, "% of pictures", ",valueRange:[0,102]"));
}

/// Shares within k sigma of one or several estimators, and a Gaussian's.
std::string coverage_plot(std::span<const BalanceGroup> groups, const std::string& id) {
  Json labels = labels_of("sigmas", groups), rows = Json::array();
  labels.push_back("expected");
  for (int i = 0; i * kSigmaStep <= kMostSigmas + kSigmaStep / 2; i++) {
    const double k = i * kSigmaStep;
    Json row{number(k)};
    for (const BalanceGroup& group : groups) row.push_back(number(100 * share_within(group.scores, k)));
    row.push_back(number(100 * gaussian_share_within(k)));
    rows.push_back(std::move(row));
  }
  return figure(id, "Share of errors within k sigma", rows,
                options_of(labels, "k, sigmas", "% of answers", ",valueRange:[0,102],series:{expected:kReference}"));
}

/// A curve an estimator over shares of 0 to 100 %, and what is expected.
template <class Value>
std::string share_plot(std::span<const BalanceGroup> groups, const std::string& id, const char* caption, const char* x, const char* y,
                       Value value_at, int first) {
  Json labels = labels_of("share", groups), rows = Json::array();
  labels.push_back("expected");
  for (int i = first; i <= kShareSteps; i++) {
    Json row{number(100.0 * i / kShareSteps)};
    for (std::size_t g = 0; g <= groups.size(); g++) row.push_back(number(value_at(g, i)));
    rows.push_back(std::move(row));
  }
  return figure(id, caption, rows, options_of(labels, x, y, ",includeZero:true,series:{expected:kReference}"));
}

/// How often the truth is in the region that is claimed to hold it that often.
std::string region_plot(std::span<const BalanceGroup> groups, const std::string& id) {
  const auto share = [&](std::size_t group, int i) {
    const double content = static_cast<double>(i) / kShareSteps;
    return 100 * (group < groups.size() ? share_in_region(groups[group].scores, content) : content);
  };
  return share_plot(groups, id, "Share of truths in the claimed regions", "content of the region, %", "% of answers", share, 0);
}

/// What is gained by hearing only those that are sure.
std::string confident_plot(std::span<const BalanceGroup> groups, const std::string& id) {
  std::vector<std::vector<double>> shares;
  for (const BalanceGroup& group : groups) shares.push_back(confident_shares(group.scores, kShareSteps));
  const auto share = [&](std::size_t group, int i) { return group < shares.size() ? shares[group][static_cast<std::size_t>(i - 1)] : 1; };
  return share_plot(groups, id, "Error of the surest answers over that of all", "surest answers, %", "mean error over that of all", share,
                    1);
}

/// Claimed against seen error, a point a bin; the lines join the bins of an estimator.
std::string claims_plot(std::span<const BalanceGroup> groups, const std::string& id) {
  std::map<double, std::vector<Json>> points;  // by claimed sigma; a column an estimator
  double end = 1;
  for (std::size_t i = 0; i < groups.size(); i++) {
    for (const Reliability::Bin& bin : reliability_of(groups[i].scores, kReliabilityBins).bins) {
      std::vector<Json>& row = points[bin.claimed];
      row.resize(groups.size());
      row[i] = number(bin.seen);
      end = std::max({end, bin.claimed, bin.seen});
    }
  }
  end *= 1.05;  // the last point stands clear of the frame
  points[0].resize(groups.size());
  points[end].resize(groups.size());
  const std::string range = "[0," + std::to_string(end) + "]", unit = groups.empty() ? "" : unit_of(groups.front());
  Json labels = labels_of("claimed", groups), rows = Json::array();
  labels.push_back("honest");
  for (const auto& [claimed, seen] : points) {
    Json row{number(claimed)};
    for (const Json& value : seen) row.push_back(value);
    row.push_back(number(claimed));
    rows.push_back(std::move(row));
  }
  return figure(id, "Claimed and seen error, by confidence", rows,
                options_of(labels, "claimed, rms " + unit, "seen, rms " + unit,
                           ",drawPoints:true,pointSize:3,connectSeparatedPoints:true,series:{honest:kReference},dateWindow:" + range +
                               ",valueRange:" + range));
}

/// What all scatter plots of a set share: the pictures by true temperature, their names once in the page.
struct Pictures {
  std::string script_name;  ///< of the array of names
  std::vector<std::string> files;
  std::map<std::pair<std::string, std::string>, std::size_t> row;  // by set and file
  std::vector<std::string> sensors;
};

Pictures pictures_of(std::span<const BalanceGroup> groups, const std::string& prefix) {
  std::map<std::pair<std::string, std::string>, const BalanceScore*> known;  // not every estimator has every picture
  for (const BalanceGroup& group : groups) {
    for (const BalanceScore& s : group.scores) known.try_emplace({s.set, s.file}, &s);
  }
  std::vector<const BalanceScore*> sorted;
  for (const auto& [name, score] : known) sorted.push_back(score);
  std::stable_sort(sorted.begin(), sorted.end(), [](const auto* a, const auto* b) { return a->true_kelvin > b->true_kelvin; });
  std::set<std::string> sensors;
  Pictures out;
  out.script_name = prefix + "kPictures";
  for (const BalanceScore* s : sorted) {
    out.row[{s->set, s->file}] = out.files.size();
    out.files.push_back(s->file);
    sensors.insert(s->sensor);
  }
  out.sensors.assign(sensors.begin(), sensors.end());
  return out;
}

std::string scatter_plot(const BalanceGroup& group, const Pictures& pictures, const std::string& id) {
  Json labels{"truth"}, rows = Json::array();
  for (const std::string& sensor : pictures.sensors) labels.push_back(sensor);
  labels.push_back("no answer");
  labels.push_back("right");
  std::vector<Json> by_picture(pictures.files.size());
  for (const BalanceScore& s : group.scores) {
    Json row{number(1e6 / s.true_kelvin)};
    for (const std::string& sensor : pictures.sensors) row.push_back(s.answered() && s.sensor == sensor ? number(1e6 / s.kelvin) : Json());
    row.push_back(s.answered() ? Json() : number(1e6 / s.kelvin));
    row.push_back(number(1e6 / s.true_kelvin));
    by_picture.at(pictures.row.at({s.set, s.file})) = std::move(row);
  }
  Json names = Json::array();  // indices of pictures that this estimator has: with folds, not every one
  for (std::size_t i = 0; i < by_picture.size(); i++) {
    if (by_picture[i].is_null()) continue;
    rows.push_back(std::move(by_picture[i]));
    names.push_back(i);
  }
  return figure(id, "Truth and estimate", rows,
                options_of(labels, "truth, mired", "estimate, mired",
                           ",drawPoints:true,pointSize:2,strokeWidth:0,highlightSeriesOpts:{strokeWidth:0},series:{right:kReference,'no "
                           "answer':{color:'#000',pointSize:4}}"),
                script_text(names) + ".map(i=>" + pictures.script_name + "[i])");
}

/// Errors in the plane that estimates live in; dygraphs wants its points from left to right.
std::string offset_plot(const BalanceGroup& group, const Pictures& pictures, const std::string& id) {
  std::vector<const BalanceScore*> sorted;
  for (const BalanceScore& s : group.scores) sorted.push_back(&s);
  std::sort(sorted.begin(), sorted.end(), [](const auto* a, const auto* b) { return a->offset[0] < b->offset[0]; });
  Json labels{"u"}, rows = Json::array(), names = Json::array();
  for (const std::string& sensor : pictures.sensors) labels.push_back(sensor);
  labels.push_back("no answer");
  for (const BalanceScore* s : sorted) {
    Json row{number(s->offset[0])};
    for (const std::string& sensor : pictures.sensors) row.push_back(s->answered() && s->sensor == sensor ? number(s->offset[1]) : Json());
    row.push_back(s->answered() ? Json() : number(s->offset[1]));
    rows.push_back(std::move(row));
    names.push_back(pictures.row.at({s->set, s->file}));
  }
  return figure(id, "Estimate less truth", rows,
                options_of(labels, "log R/G, estimate less truth", "log B/G",
                           ",drawPoints:true,pointSize:2,strokeWidth:0,highlightSeriesOpts:{strokeWidth:0},series:{'no "
                           "answer':{color:'#000',pointSize:4}}"),
                script_text(names) + ".map(i=>" + pictures.script_name + "[i])");
}

/// A step plot of `counts`, bin i from `edge_of(i)`: the value holds until the next x.
template <class Edge>
std::string bars(const BalanceGroup& group, const std::string& id, const char* caption, const char* x, const std::vector<int>& counts,
                 Edge edge_of) {
  Json rows = Json::array();
  for (std::size_t i = 0; i <= counts.size(); i++) rows.push_back({edge_of(i), i < counts.size() ? counts[i] : 0});
  return figure(id, caption, rows,
                options_of(Json{"from", group.estimator}, x, "pictures", ",stepPlot:true,fillGraph:true,includeZero:true"));
}

std::string degrees_histogram(const BalanceGroup& group, const std::string& id) {
  std::vector<int> counts(kDegreeBins);
  for (const BalanceScore& s : group.scores) {
    counts[static_cast<std::size_t>(std::clamp(static_cast<int>(s.degrees * kBinsPerDegree), 0, kDegreeBins - 1))]++;
  }
  return bars(group, id, "Errors; the last bin holds all beyond", "error, degrees", counts,
              [](std::size_t i) { return static_cast<double>(i) / kBinsPerDegree; });
}

std::string histogram_plot(const BalanceGroup& group, const std::string& id) {
  constexpr int kBins = 2 * kHistogramEnd / kHistogramStep + 1;  // centred on multiples of the step: 0 is in the middle of one
  std::vector<int> counts(kBins);
  for (const BalanceScore& s : group.scores) {
    const auto bin = static_cast<int>(std::lround((s.signed_mired() + kHistogramEnd) / kHistogramStep));
    counts[static_cast<std::size_t>(std::clamp(bin, 0, kBins - 1))]++;
  }
  return bars(group, id, "Signed errors; the end bins hold all beyond", "estimate less truth, mired", counts,
              [](std::size_t i) { return static_cast<int>(i) * kHistogramStep - kHistogramEnd - kHistogramStep / 2; });
}

}  // namespace

std::string_view balance_plot_script() { return kScript; }

std::string error_plots(std::span<const BalanceGroup> groups, const std::string& prefix) {
  const bool mired = summary_of(groups.front().scores).all.in_mired > 0;
  return "<div class=\"plots wide\">\n" +
         (mired ? cumulative_plot(groups, prefix + "mired", "mired", kMostMired, &BalanceScore::mired) : std::string()) +
         cumulative_plot(groups, prefix + "degrees", "degrees", kMostDegrees, &BalanceScore::degrees) + "</div>\n";
}

std::string reliability_plots(std::span<const BalanceGroup> groups, const std::string& prefix) {
  const std::vector<BalanceGroup> claiming = with_sigma(groups);
  if (claiming.empty()) return "<p>No estimator claims a sigma.</p>\n";
  return "<div class=\"plots wide\">\n" + coverage_plot(claiming, prefix + "coverage") + claims_plot(claiming, prefix + "claims") +
         region_plot(claiming, prefix + "regions") + confident_plot(claiming, prefix + "confident") + "</div>\n";
}

std::string estimator_plots(std::span<const BalanceGroup> groups, const std::string& prefix) {
  const Pictures pictures = pictures_of(groups, prefix);
  std::string out = "<script>const " + pictures.script_name + "=" + script_text(pictures.files) + ";</script>\n";
  for (std::size_t i = 0; i < groups.size(); i++) {
    const std::string id = prefix + "e" + std::to_string(i) + "_";
    const BalanceGroup& group = groups[i];
    const std::span<const BalanceGroup> own = groups.subspan(i, 1);
    out += "<h3 id=\"" + prefix + html_of(group.estimator) + "\">" + html_of(group.estimator) + "</h3>\n<div class=\"plots one\">\n";
    out += group.measured() ? offset_plot(group, pictures, id + "scatter") + degrees_histogram(group, id + "histogram")
                            : scatter_plot(group, pictures, id + "scatter") + histogram_plot(group, id + "histogram");
    out += reliability_of(group.scores).answers > 0 ? coverage_plot(own, id + "coverage") + claims_plot(own, id + "claims")
                                                    : std::string("<p>It comes without a claimed sigma.</p>\n");
    out += "</div>\n";
  }
  return out;
}

}  // namespace argent
