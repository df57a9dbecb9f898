#include "samples/trace_log.h"

#include <gtest/gtest.h>

#include <cmath>

#include "models/runtime/error.h"

namespace argent {
namespace {

FrameRecord record() {
  FrameRecord out;
  out.frame = 37;
  out.seconds = 1.2345;
  out.applied = {Microseconds(5000), 2, 1.5f};
  out.decision.controls.sensor = {Microseconds(10000), 4, 2};
  out.decision.trace.exposure.state = AeState::kSearching;
  out.decision.trace.exposure.measured = 0.02f;
  out.decision.trace.exposure.target = 0.08f;
  out.decision.trace.exposure.error = 2;
  out.decision.trace.exposure.reason = "target";
  out.decision.trace.exposure.flicker.period_us = 10000;
  out.decision.trace.white_balance.reason = "estimate";
  out.decision.trace.focus.state = AfState::kScanning;
  out.decision.trace.focus.step = "coarse";
  return out;
}

TEST(TraceLog, ALineHasItsFrame) {
  const std::string line = log_line(record());
  EXPECT_EQ(line.back(), '\n');
  EXPECT_EQ(line.find('\n'), line.size() - 1);
  EXPECT_EQ(frame_of_log_line(line), 37);
}

TEST(TraceLog, WordsAndNumbersOfAllThree) {
  const std::string text = explanation_of(log_line(record()));
  for (const char* part :
       {"Frame 37 at 1.234", "searching, because of: target", "5000 us x gain 2.00", "2.00 EV too dark", "10000 us x gain 4.00",
        "pulses every 10000 us", "estimate", "scanning, step: coarse", "lens at 1.50 dioptres"}) {
    EXPECT_NE(text.find(part), std::string::npos) << part << "\nin\n" << text;
  }
}

TEST(TraceLog, ADamagedFrameIsSaidSo) {
  FrameRecord damaged = record();
  EXPECT_EQ(explanation_of(log_line(damaged)).find("broken off"), std::string::npos);
  damaged.decision.trace.damaged = true;
  EXPECT_NE(explanation_of(log_line(damaged)).find("broken off"), std::string::npos);
}

TEST(TraceLog, WhatIsNoNumberIsNull) {
  FrameRecord broken = record();
  broken.exposure_error = NAN;
  broken.decision.trace.exposure.wanted_total = INFINITY;
  const std::string line = log_line(broken);
  EXPECT_NE(line.find("\"exposure_error_ev\":null"), std::string::npos);
  EXPECT_EQ(frame_of_log_line(line), 37);
  EXPECT_FALSE(explanation_of(line).empty());
}

TEST(TraceLog, StrangersAreRefused) {
  for (const char* line : {"", "{", "[]", "3", "{}", "{\"frame\":\"x\"}"}) EXPECT_THROW(explanation_of(line), Error) << line;
  for (const char* line : {"{\"frame\":1}", "{\"frame\":1,\"white_balance\":3,\"exposure\":[],\"focus\":null,\"flicker\":{\"avoided\":7}}"})
    EXPECT_FALSE(explanation_of(line).empty()) << line;
}

}  // namespace
}  // namespace argent
