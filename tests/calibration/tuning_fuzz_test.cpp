// Bytes of valid files, changed at random but always alike, through all that reads tunings: nothing crashes, and what is written can be
// read.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <random>
#include <string>
#include <vector>

#include "calibration/lint/tuning_lint.h"
#include "calibration/profile/translation.h"
#include "models/runtime/error.h"
#include "tests/calibration/mutated_text.h"
#include "tests/calibration/tuning_files.h"

namespace argent {
namespace {

constexpr std::string_view kPieces[] = {"nan", "-",  "1e39", "0",  "[",     "]",  "{",           "}",   ",",
                                        "\n",  "\"", ".inf", "-1", "1e-40", ": ", "99999999999", "\xff"};

/// ARGENT_FUZZ_ROUNDS, or what CI has time for.
int rounds() {
  const char* asked = std::getenv("ARGENT_FUZZ_ROUNDS");
  return asked == nullptr ? 600 : std::max(100, std::atoi(asked));
}

TEST(TuningFuzz, NothingCrashesAndWhatIsWrittenCanBeRead) {
  constexpr TuningFormat kAll[] = {TuningFormat::kArgent, TuningFormat::kPiVc4,  TuningFormat::kPiPisp,
                                   TuningFormat::kSimple, TuningFormat::kRkisp1, TuningFormat::kDcp};
  std::vector<std::string> valid{whole_tuning(false)};
  for (TuningFormat format : {TuningFormat::kArgent, TuningFormat::kSimple, TuningFormat::kRkisp1, TuningFormat::kDcp})
    valid.push_back(translate_tuning(valid[0], "a.json", format).bytes);
  std::mt19937 random(7);
  int written = 0, refused = 0;
  for (int i = 0; i < rounds(); i++) {
    const std::string text = mutated_bytes(valid[static_cast<std::size_t>(i) % valid.size()], kPieces, random);
    const TuningLint lint = lint_tuning_text(text, "a");
    TuningText made;
    try {
      made = translate_tuning(text, "a", kAll[static_cast<std::size_t>(i / 5) % std::size(kAll)]);
    } catch (const Error& error) {
      EXPECT_FALSE(std::string_view(error.what()).empty());
      refused++;
      continue;
    }
    written++;
    EXPECT_NO_THROW(import_tuning(made.bytes, "b")) << i;
    for (const char* bad : {"nan,", "inf,", "nan ", "inf ", ": nan", ": inf"}) {
      const bool is_text = !made.bytes.starts_with("IIRC");
      EXPECT_TRUE(!is_text || made.bytes.find(bad) == std::string::npos) << i;
    }
  }
  EXPECT_GT(written, rounds() / 10) << "or the changes are too coarse to test anything";
  EXPECT_GT(refused, rounds() / 10);
}

TEST(TuningFuzz, WhatLintFindsNoErrorInIsImported) {
  const std::string valid = whole_tuning(false);
  std::mt19937 random(11);
  int clean = 0;
  for (int i = 0; i < 300; i++) {
    std::string text = valid;  // one digit is another: mostly still a tuning
    text[valid.find_first_of("0123456789", random() % (valid.size() / 2))] = static_cast<char>('0' + random() % 10);
    if (lint_tuning_text(text, "a").count(Finding::Severity::kError) > 0) continue;
    EXPECT_NO_THROW(import_tuning(text, "a")) << i;
    clean++;
  }
  EXPECT_GT(clean, 100);
}

}  // namespace
}  // namespace argent
