#include "samples/contest_columns.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <string>

#include "samples/contest_table.h"

namespace argent {
namespace {

ContestScenario scenario(const char* yaml) { return parse_contest_scenario(yaml, "s.yaml"); }

const ContestColumn* column(const std::vector<ContestColumn>& columns, const std::string& title) {
  const auto found = std::find_if(columns.begin(), columns.end(), [&](const ContestColumn& c) { return c.title == title; });
  return found == columns.end() ? nullptr : &*found;
}

std::string cell(const ContestScenario& s, const std::string& title, std::span<const ScoredRun> runs) {
  const auto columns = columns_for(s);
  const ContestColumn* found = column(columns, title);
  return found == nullptr ? "no column" : text_of(*found, runs);
}

/// Shown and found after 4, after 31, not at all; the last run shows too little.
std::vector<ScoredRun> flickering() {
  std::vector<ScoredRun> runs(4);
  for (ScoredRun& run : runs) run.score.flicker.pulses = true;
  for (std::size_t i = 0; i < 3; i++) runs[i].score.flicker.shown = 3;
  runs[0].score.flicker.found = 7, runs[0].score.flicker.frames_to_find = 4;
  runs[0].score.flicker.avoidable = true, runs[0].score.flicker.residual = 0.004;
  runs[1].score.flicker.found = 34, runs[1].score.flicker.frames_to_find = 31;
  runs[2].score.flicker.wrong = true;
  return runs;
}

TEST(ContestColumns, FlickerIsOfTheRunsThatShowIt) {
  const ContestScenario s = scenario("light: {flicker_hz: 100, flicker_depth: 0.3}");
  const auto runs = flickering();
  EXPECT_EQ(cell(s, "seen 2% %", runs), "75.0");
  EXPECT_EQ(cell(s, "in 30fr %", runs), "33.3");
  EXPECT_EQ(cell(s, "found fr", runs), "31");
  EXPECT_EQ(cell(s, "right %", runs), "66.7");
  EXPECT_EQ(cell(s, "wrong %", runs), "25.00");
  EXPECT_EQ(cell(s, "hidden ok%", runs), "0.0");
  EXPECT_EQ(cell(s, "banding %", runs), "0.40");
  EXPECT_EQ(cell(s, "in 30fr %", std::span(runs).last(1)), "-");
  EXPECT_EQ(cell(s, "found fr", std::span(runs).subspan(2, 1)), "never");
}

TEST(ContestColumns, OnlyWhatTheScenarioIsAbout) {
  EXPECT_EQ(cell(scenario("{}"), "seen 2% %", flickering()), "no column");
  EXPECT_EQ(cell(scenario("scene: {kind: stripes}"), "alarms %", flickering()), "25.00");
  EXPECT_EQ(cell(scenario("sensor: {drop_rate: 0.1}"), "upset fr", {}), "no column");
  EXPECT_EQ(cell(scenario("sensor: {drop_rate: 0.1}\nlight: {events: [{time: 1, lux: 9}]}"), "upset fr", {}), "-");
  EXPECT_EQ(cell(scenario("light: {second_cct: 6500}"), "mired", {}), "no column");
}

TEST(ContestColumns, MixedLightIsARatioOfMeans) {
  std::vector<ScoredRun> runs(2);
  runs[0].score.zone_angle = 1, runs[0].score.zone_angle_plain = 2;
  runs[1].score.zone_angle = 5, runs[1].score.zone_angle_plain = 4;
  const ContestScenario s = scenario("light: {second_cct: 6500}");
  EXPECT_EQ(cell(s, "map/one", runs), "1.00");
  EXPECT_EQ(cell(s, "worse %", runs), "50.0");
  EXPECT_NE(json_of_run("s", "argent", runs[0]).find("\"zone_degrees_one_estimate\":2.0"), std::string::npos);
}

TEST(ContestColumns, HeaderAndRowsStandBelowEachOther) {
  for (const char* yaml : {"{}", "light: {flicker_hz: 100, flicker_depth: 0.3}", "request: {focus: auto, focus_at: 1}"}) {
    const ContestScenario s = scenario(yaml);
    EXPECT_EQ(contest_header(s).size(), contest_row(s, "argent", flickering()).size()) << yaml;
  }
}

TEST(ContestColumns, QuantilesCountNever) {
  EXPECT_EQ(quantile({3, 1, 2}, 0.5), 2);
  EXPECT_TRUE(std::isinf(quantile({3, INFINITY, 2}, 0.95)));
  EXPECT_TRUE(std::isnan(quantile({}, 0.5)));
}

}  // namespace
}  // namespace argent
