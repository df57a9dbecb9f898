#include "isp/params.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <limits>

#include "models/runtime/error.h"

namespace argent {
namespace {

enum class Shape { kRound, kSquare };
constexpr std::array<std::string_view, 2> kShapes{"round", "square"};

struct Inner {
  float contrast = 1.2f;
  int count = 3;
};

struct Outer {
  Inner tone;
  bool on = false;
  std::string label = "plain";
  std::array<float, 3> gains{1, 2, 0.1f};
  Shape shape = Shape::kRound;
  float open = 5;
};

template <class List>
void describe(List& list, Inner& p) {
  list.field("contrast", p.contrast, {.min = 0.1, .max = 2, .doc = "slope at middle grey"});
  list.field("count", p.count, {.min = 1, .max = 8, .unit = "pieces", .doc = "how many | of them"});
}

template <class List>
void describe(List& list, Outer& p) {
  list.group("tone", p.tone);
  list.field("on", p.on, {.doc = "a switch"});
  list.field("label", p.label, {.doc = "a word"});
  list.field("gains", std::span<float>(p.gains), {.min = 0, .max = 10, .doc = "R, G, B"});
  list.choice("shape", p.shape, kShapes, {.doc = "of the window"});
  list.field("open", p.open, {.min = 0, .doc = "no upper bound"});
}

std::string error_of(const std::function<void()>& action) {
  try {
    action();
  } catch (const Error& error) {
    return error.what();
  }
  return "no error";
}

class Params : public testing::Test {
 protected:
  std::string error_of_set(std::string_view assignment) const {
    return error_of([&] { assign(fields, assignment, "--set"); });
  }

  Outer params;
  std::vector<Field> fields = fields_of(params);
};

TEST_F(Params, GroupsMakePaths) {
  ASSERT_EQ(fields.size(), 7U);
  EXPECT_EQ(fields[0].path, "tone.contrast");
  EXPECT_EQ(fields[1].path, "tone.count");
  EXPECT_EQ(fields[2].path, "on");
}

TEST_F(Params, DefaultsAreInRange) { EXPECT_NO_THROW(check(fields, "x")); }

TEST_F(Params, CheckNamesSourceValueAndBound) {
  params.tone.contrast = 0.05f;
  EXPECT_EQ(error_of([&] { check(fields, "a.yaml"); }), "a.yaml: tone.contrast = 0.05 violates tone.contrast >= 0.1");
  params.tone.contrast = 2.5f;
  EXPECT_EQ(error_of([&] { check(fields, "a.yaml"); }), "a.yaml: tone.contrast = 2.5 violates tone.contrast <= 2");
  params.tone.contrast = 1;
  params.tone.count = 9;
  EXPECT_EQ(error_of([&] { check(fields, "a.yaml"); }), "a.yaml: tone.count = 9 violates tone.count <= 8");
  params.tone.count = 1;
  params.gains[1] = -1;
  EXPECT_EQ(error_of([&] { check(fields, "a.yaml"); }), "a.yaml: gains = -1 violates gains >= 0");
  params.gains[1] = std::numeric_limits<float>::quiet_NaN();
  EXPECT_EQ(error_of([&] { check(fields, "a.yaml"); }), "a.yaml: gains = nan, expected a finite number");
  params.gains[1] = 1;
  params.open = std::numeric_limits<float>::infinity();
  EXPECT_EQ(error_of([&] { check(fields, "a.yaml"); }), "a.yaml: open = inf, expected a finite number");
  params.open = 1;
  params.shape = static_cast<Shape>(7);
  EXPECT_EQ(error_of([&] { check(fields, "a.yaml"); }), "a.yaml: shape = 7, expected one of round, square");
}

TEST_F(Params, ABoundItselfIsAllowed) {
  params.tone.contrast = 0.1f;  // as a float larger than the double 0.1, and 2.0f is exact
  EXPECT_NO_THROW(check(fields, "x"));
  assign(fields, "tone.contrast=2", "x");
  assign(fields, "tone.contrast=0.1", "x");
  EXPECT_EQ(params.tone.contrast, 0.1f);
}

TEST_F(Params, AssignReadsEveryKind) {
  for (const char* text : {"tone.contrast=1.5", " tone.count = +4 ", "on=true", "label=two words", "gains=3, 4,5e-1", "shape= square "}) {
    assign(fields, text, "--set");
  }
  EXPECT_EQ(params.tone.contrast, 1.5f);
  EXPECT_EQ(params.tone.count, 4);
  EXPECT_TRUE(params.on);
  EXPECT_EQ(params.label, "two words");
  EXPECT_EQ(params.gains, (std::array{3.0f, 4.0f, 0.5f}));
  EXPECT_EQ(params.shape, Shape::kSquare);
  assign(fields, "on=off", "--set");
  EXPECT_FALSE(params.on);
  assign(fields, "label=a=b", "--set");
  EXPECT_EQ(params.label, "a=b");
}

TEST_F(Params, AssignRefusesAndLeavesTheValue) {
  EXPECT_EQ(error_of_set("tone.contrast=abc"), "--set: tone.contrast = abc, expected a number");
  EXPECT_EQ(error_of_set("tone.contrast="), "--set: tone.contrast = , expected a number");
  EXPECT_EQ(error_of_set("tone.contrast=1.5x"), "--set: tone.contrast = 1.5x, expected a number");
  EXPECT_EQ(error_of_set("tone.contrast=nan"), "--set: tone.contrast = nan, expected a finite number");
  EXPECT_EQ(error_of_set("tone.contrast=3"), "--set: tone.contrast = 3 violates tone.contrast <= 2");
  EXPECT_EQ(error_of_set("tone.contrast=1e99"), "--set: tone.contrast = 1e99, expected a number of a size that can be held");
  EXPECT_EQ(error_of_set("tone.count=2.5"), "--set: tone.count = 2.5, expected a whole number");
  EXPECT_EQ(error_of_set("tone.count=99999999999"), "--set: tone.count = 99999999999, expected a whole number of a size that can be held");
  EXPECT_EQ(error_of_set("on=maybe"), "--set: on = maybe, expected true or false");
  EXPECT_EQ(error_of_set("gains=1,2"), "--set: gains = 1,2, expected 3 numbers");
  EXPECT_EQ(error_of_set("gains=1,2,3,4"), "--set: gains = 1,2,3,4, expected 3 numbers");
  EXPECT_EQ(error_of_set("gains=1,2,11"), "--set: gains = 11 violates gains <= 10");
  EXPECT_EQ(error_of_set("shape=oval"), "--set: shape = oval, expected one of round, square");
  EXPECT_EQ(error_of_set("tone.contrast"), "--set: \"tone.contrast\" has no =, expected key=value");
  EXPECT_EQ(params.tone.contrast, 1.2f);
  EXPECT_EQ(params.tone.count, 3);
  EXPECT_EQ(params.gains, (std::array{1.0f, 2.0f, 0.1f}));
}

TEST_F(Params, UnknownKeysNameTheNearest) {
  EXPECT_EQ(error_of_set("tone.contrst=1"), "--set: unknown key tone.contrst, did you mean tone.contrast");
  EXPECT_EQ(error_of_set("tone.ocntrast=1"), "--set: unknown key tone.ocntrast, did you mean tone.contrast");
  EXPECT_EQ(error_of_set("contrast=1"), "--set: unknown key contrast, did you mean tone.contrast");
  EXPECT_EQ(error_of_set("zzzzzz=1"),
            "--set: unknown key zzzzzz, expected one of tone.contrast, tone.count, on, label, gains, shape, open");
  EXPECT_EQ(find(fields, "tone.count", "x").path, "tone.count");
}

TEST_F(Params, HostileTextStaysOneShortLine) {
  const std::string error = error_of_set(std::string("\x1b[2J\n") + std::string(100'000, 'x') + "=1");
  EXPECT_LT(error.size(), 250U);
  EXPECT_EQ(error.find('\n'), std::string::npos);
  EXPECT_EQ(error.find('\x1b'), std::string::npos);
}

TEST_F(Params, TextReadsBackEqual) {
  params = {{1.0f / 3, 7}, true, "x y", {0.1f, 1e-20f, 9.999999f}, Shape::kSquare, 123456.789f};
  Outer other;
  const std::vector<Field> others = fields_of(other);
  for (std::size_t i = 0; i < fields.size(); i++) assign(others[i], text_of(fields[i]), "x");
  EXPECT_EQ(other.tone.contrast, params.tone.contrast);
  EXPECT_EQ(other.tone.count, params.tone.count);
  EXPECT_EQ(other.on, params.on);
  EXPECT_EQ(other.label, params.label);
  EXPECT_EQ(other.gains, params.gains);
  EXPECT_EQ(other.shape, params.shape);
  EXPECT_EQ(other.open, params.open);
  EXPECT_EQ(text_of(fields_of(other.tone)[1]), "7");
}

TEST_F(Params, TableIsMarkdown) {
  const std::string table = table_of(fields);
  EXPECT_NE(table.find("| tone.contrast | 1.2 "), std::string::npos) << table;
  EXPECT_NE(table.find("| 0.1 to 2 "), std::string::npos) << table;
  EXPECT_NE(table.find("| >= 0 "), std::string::npos) << table;
  EXPECT_NE(table.find("| round, square "), std::string::npos) << table;
  EXPECT_NE(table.find("how many \\| of them"), std::string::npos) << table;
  EXPECT_EQ(std::count(table.begin(), table.end(), '\n'), 9);
  const std::size_t width = table.find('\n');
  for (std::size_t i = 0; i < 9; i++) EXPECT_EQ(table[i * (width + 1) + width], '\n') << "all lines are equally long";
}

TEST(Nearest, FindsSlipsAndNothingElse) {
  const std::array<std::string_view, 3> words{"exposure", "contrast", "hue"};
  EXPECT_EQ(nearest("exposre", words), "exposure");
  EXPECT_EQ(nearest("cnotrast", words), "contrast");
  EXPECT_EQ(nearest("hue", words), "hue");
  EXPECT_EQ(nearest("huge", words), "hue");
  EXPECT_EQ(nearest("saturation", words), "");
  EXPECT_EQ(nearest("", words), "");
  EXPECT_EQ(nearest("x", {}), "");
  EXPECT_EQ(nearest(std::string(1'000'000, 'e'), words), "");
}

}  // namespace
}  // namespace argent
