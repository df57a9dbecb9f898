#include "isp/io/params_yaml.h"

#include <gtest/gtest.h>

#include <array>

#include "models/runtime/error.h"

namespace argent {
namespace {

struct Curve {
  float contrast = 1.2f;
  std::array<float, 2> ends{0, 1};
};

struct Settings {
  Curve tone;
  Curve look;
  int zones = 32;
  bool on = true;
  std::string name = "plain";
};

template <class List>
void describe(List& list, Curve& p) {
  list.field("contrast", p.contrast, {.min = 0.5, .max = 2, .unit = "EV/EV", .doc = "slope at middle grey"});
  list.field("ends", std::span<float>(p.ends), {.min = -1, .max = 2, .doc = "black, white"});
}

template <class List>
void describe(List& list, Settings& p) {
  list.field("zones", p.zones, {.min = 1, .max = 32, .doc = "across"});
  list.group("tone", p.tone);
  list.group("look", p.look);
  list.field("on", p.on, {});
  list.field("name", p.name, {});
}

std::string error_of(std::string_view yaml) {
  Settings settings;
  try {
    read_yaml(fields_of(settings), yaml, "a.yaml");
  } catch (const Error& error) {
    return error.what();
  }
  return "no error";
}

TEST(ParamsYaml, ReadsNestedMaps) {
  Settings settings;
  read_yaml(fields_of(settings), "# a comment\ntone:\n  contrast: 1.5\n  ends: [0.25, .5]\nname: two words\non: no\n", "a.yaml");
  EXPECT_EQ(settings.tone.contrast, 1.5f);
  EXPECT_EQ(settings.tone.ends, (std::array{0.25f, 0.5f}));
  EXPECT_EQ(settings.name, "two words");
  EXPECT_FALSE(settings.on);
  EXPECT_EQ(settings.look.contrast, 1.2f) << "absent keys keep their value";
  EXPECT_EQ(settings.zones, 32);
  read_yaml(fields_of(settings), R"({"zones": 5, "look": {"contrast": 0.5}})", "a.json");
  EXPECT_EQ(settings.zones, 5);
  EXPECT_EQ(settings.look.contrast, 0.5f);
}

TEST(ParamsYaml, NothingSaidChangesNothing) {
  for (const char* yaml : {"", "# only a comment\n", "---\n", "tone:\n", "{}", "tone: {}"}) EXPECT_EQ(error_of(yaml), "no error") << yaml;
}

TEST(ParamsYaml, ErrorsSayWhere) {
  EXPECT_EQ(error_of("zones: 3\ntone:\n  contrst: 1\n"), "a.yaml:3: unknown key tone.contrst, did you mean tone.contrast");
  EXPECT_EQ(error_of("tone:\n  contrast: 0.4\n"), "a.yaml:2: tone.contrast = 0.4 violates tone.contrast >= 0.5");
  EXPECT_EQ(error_of("tone:\n  contrast: steep\n"), "a.yaml:2: tone.contrast = steep, expected a number");
  EXPECT_EQ(error_of("tone: 3"), "a.yaml:1: tone is a single value, expected a map");
  EXPECT_EQ(error_of("zones: [3]"), "a.yaml:1: zones is a list, expected a value");
  EXPECT_EQ(error_of("zones: {a: 3}"), "a.yaml:1: zones is a map, expected a value");
  EXPECT_EQ(error_of("zones:"), "a.yaml:1: zones is empty, expected a value");
  EXPECT_EQ(error_of("tone: {ends: [1, 2, 3]}"), "a.yaml:1: tone.ends = 1, 2, 3, expected 2 numbers");
  EXPECT_EQ(error_of("tone: {ends: [1, [2]]}"), "a.yaml:1: tone.ends holds a list, expected numbers");
  EXPECT_EQ(error_of("- zones"), "a.yaml:1: the document is a list, expected a map");
  EXPECT_EQ(error_of("zones: 3\nzones: 4\n"), "a.yaml:2: key zones is given twice");
  EXPECT_EQ(error_of("tone.contrast: 1"), "a.yaml:1: key tone.contrast has a dot, expected nested maps");
  EXPECT_EQ(error_of("zones: 1\n---\nzones: 2\n"), "a.yaml: holds a second document, expected one");
  EXPECT_EQ(error_of("zones: &a 1\n"), "a.yaml:1: anchors are not accepted");
  EXPECT_EQ(error_of("zones: 1\ntone: *a\n").substr(0, 9), "a.yaml:2:");
  EXPECT_EQ(error_of("zones: 1\n? [a]\n: 2\n"), "a.yaml:2: a key is not a word");
}

TEST(ParamsYaml, BrokenYamlNamesTheLine) {
  EXPECT_EQ(error_of("zones: 1\ntone: {contrast: 1\n").substr(0, 8), "a.yaml:3");
  EXPECT_EQ(error_of("a: b: c\n").substr(0, 9), "a.yaml:1:");
  EXPECT_NE(error_of("\t- x\n"), "no error");
  EXPECT_EQ(error_of(std::string("zones: \0 1", 10)), "a.yaml: is not a text: holds a zero byte");
}

TEST(ParamsYaml, BombsAreRefused) {
  std::string bomb = "a: &a [x, x]\n";
  for (char c = 'b'; c < 'z'; c++)
    bomb += std::string(1, c) + ": &" + c + " [*" + static_cast<char>(c - 1) + ", *" + static_cast<char>(c - 1) + "]\n";
  EXPECT_NE(error_of(bomb).find("anchors are not accepted"), std::string::npos);

  for (const char* open : {"[", "{", "{a: "}) {
    std::string deep;
    while (deep.size() < 4'000'000) deep += open;
    EXPECT_NE(error_of(deep).find("open brackets"), std::string::npos);
  }
  EXPECT_EQ(error_of(std::string(20, '[') + std::string(20, ']')), "a.yaml:1: nested deeper than 16 levels");
  std::string dashes, questions, blocks;
  for (int i = 0; i < 100'000; i++) dashes += "- ", questions += "? ";
  for (int i = 0; i < 1000; i++) blocks += std::string(static_cast<std::size_t>(i), ' ') + "a:\n";
  EXPECT_NE(error_of(dashes).find("nested deeper"), std::string::npos);
  EXPECT_NE(error_of(questions), "no error");
  EXPECT_NE(error_of(blocks).find("nested deeper"), std::string::npos);
  EXPECT_NE(error_of(std::string(8'000'001, ' ')).find("8000001 bytes, expected at most 8000000"), std::string::npos);
}

TEST(ParamsYaml, WhatIsWrittenReadsBackEqual) {
  Settings settings;
  settings.tone = {1.0f / 3 + 0.5f, {-0.1f, 1.7f}};
  settings.zones = 7;
  settings.on = false;
  settings.name = "null: \"#\t\x01 \xc3\xa4\n- [x]";
  const std::string yaml = write_yaml(fields_of(settings));
  Settings other;
  read_yaml(fields_of(other), yaml, "a.yaml");
  EXPECT_EQ(other.tone.contrast, settings.tone.contrast);
  EXPECT_EQ(other.tone.ends, settings.tone.ends);
  EXPECT_EQ(other.zones, 7);
  EXPECT_FALSE(other.on);
  EXPECT_EQ(other.name, settings.name);
  EXPECT_EQ(write_yaml(fields_of(other)), yaml);
}

TEST(ParamsYaml, WritesUnitRangeAndMeaning) {
  Settings settings;
  EXPECT_EQ(write_yaml(fields_of(settings)),
            "zones: 32  # 1 to 32: across\n"
            "tone:\n"
            "  contrast: 1.2  # EV/EV, 0.5 to 2: slope at middle grey\n"
            "  ends: [0, 1]  # -1 to 2: black, white\n"
            "look:\n"
            "  contrast: 1.2  # EV/EV, 0.5 to 2: slope at middle grey\n"
            "  ends: [0, 1]  # -1 to 2: black, white\n"
            "on: true\n"
            "name: \"plain\"\n");
}

}  // namespace
}  // namespace argent
