#include "models/formats/safetensors.h"

#include "models/tensor/ops.h"
#include "tests/models/formats/fixture.h"

namespace argent::tensor {
namespace {

constexpr DType kAllTypes[] = {DType::kBool, DType::kU8,  DType::kI8,   DType::kI16, DType::kI32,
                               DType::kI64,  DType::kF16, DType::kBF16, DType::kF32, DType::kF64};
constexpr const char* kNames[] = {"BOOL", "U8", "I8", "I16", "I32", "I64", "F16", "BF16", "F32", "F64"};

Tensor numbers(const Dims& shape, DType type) {
  const Tensor values = arange(shape.count());
  return (type == DType::kBool ? remainder(values, 2) : values).to(type).view(shape);
}

/// A file with this header and `data` bytes of zeros.
std::string file_of(const std::string& header, std::size_t data) {
  const std::uint64_t size = header.size();
  std::string bytes(reinterpret_cast<const char*>(&size), sizeof size);
  return bytes + header + std::string(data, '\0');
}

std::string error_of_file(const std::string& header, std::size_t data) {
  return error_text([&] { parse_safetensors(as_bytes(file_of(header, data))); });
}

TEST(Safetensors, KeepsEveryType) {
  const Folder folder;
  NamedTensors tensors;
  for (int i = 0; i < 10; i++) tensors[std::string("t.") + kNames[i]] = numbers({2, 3}, kAllTypes[i]);
  write_safetensors(folder / "written.safetensors", tensors, {{"quote \" and \\", "line\nof \U0001f4f7"}}, Overwrite::kNo);
  const SafetensorsFile file = read_safetensors(folder / "written.safetensors");
  ASSERT_EQ(file.tensors.size(), 10U);
  for (const auto& [name, tensor] : tensors) {
    EXPECT_EQ(file.tensors.at(name).dtype(), tensor.dtype());
    EXPECT_EQ(file.tensors.at(name).shape(), tensor.shape());
    EXPECT_EQ(file.tensors.at(name).values(), tensor.values());
  }
  EXPECT_EQ(file.metadata.at("quote \" and \\"), "line\nof \U0001f4f7");
}

TEST(Safetensors, ReadsWhatPythonWrote) {
  const Folder folder;
  ASSERT_TRUE(folder.python("write"));
  const SafetensorsFile file = read_safetensors(folder / "python.safetensors");
  EXPECT_EQ(file.tensors.size(), 9U);
  EXPECT_EQ(file.tensors.at("a.F32").values(), (std::vector<double>{0, 1, 2, 3, 4, 5}));
  EXPECT_EQ(file.tensors.at("a.BOOL").values(), (std::vector<double>{0, 1, 0}));
  EXPECT_EQ(file.tensors.at("a.I64").rank(), 0);
  EXPECT_EQ(file.tensors.at("a.F16").shape(), (Dims{0, 4}));
  EXPECT_EQ(file.metadata.at("caf\u00e9 \"\\"), "\U0001f4f7\n");
}

TEST(Safetensors, LooksAtTheFileAndNeverWritesIt) {
  const Folder folder;
  const auto path = folder / "a.safetensors";
  write_safetensors(path, {{"x", numbers({1000}, DType::kF32)}, {"y", numbers({3}, DType::kU8)}}, {}, Overwrite::kNo);
  const std::string before = bytes_in(path);
  {
    SafetensorsFile file = read_safetensors(path);
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(file.tensors.at("x").data<float>()) % 64, 0U);
    file.tensors.at("x") += 1;
    std::filesystem::remove(path);  // the mapping outlives the name
    EXPECT_EQ(file.tensors.at("x").select(0, 999).item(), 1000);
  }
  put_bytes(path, before);
  EXPECT_EQ(read_safetensors(path).tensors.at("x").select(0, 999).item(), 999);
}

TEST(Safetensors, NumbersThatLieUnevenlyAreCopied) {
  const std::string header = R"({"a":{"dtype":"F64","shape":[1],"data_offsets":[1,9]},"b":{"dtype":"U8","shape":[],"data_offsets":[0,1]}})";
  const Folder folder;
  put_bytes(folder / "uneven", file_of(header, 9));
  EXPECT_EQ(read_safetensors(folder / "uneven").tensors.at("a").item(), 0);
}

TEST(Safetensors, SameTensorsGiveTheSameBytes) {
  const Folder folder;
  const NamedTensors tensors = {{"b", numbers({3}, DType::kF32)}, {"a", numbers({2, 2}, DType::kI64).transpose(0, 1)}};
  write_safetensors(folder / "1", tensors, {{"k", "v"}}, Overwrite::kNo);
  write_safetensors(folder / "2", tensors, {{"k", "v"}}, Overwrite::kNo);
  EXPECT_EQ(bytes_in(folder / "1"), bytes_in(folder / "2"));
  EXPECT_THROW(write_safetensors(folder / "1", tensors, {}, Overwrite::kNo), Error);
  EXPECT_NO_THROW(write_safetensors(folder / "1", tensors, {}, Overwrite::kYes));
  EXPECT_EQ(read_safetensors(folder / "1").tensors.at("a").values(), (std::vector<double>{0, 2, 1, 3}));
}

TEST(Safetensors, NothingIsAFile) {
  const Folder folder;
  write_safetensors(folder / "none", {}, {}, Overwrite::kNo);
  EXPECT_TRUE(read_safetensors(folder / "none").tensors.empty());
  EXPECT_NE(error_text([&] { read_safetensors(folder / "missing"); }).find("does not exist"), std::string::npos);
  EXPECT_NE(error_text([&] { read_safetensors(folder / ""); }).find("not a plain file"), std::string::npos);
  put_bytes(folder / "empty", "");
  EXPECT_NE(error_text([&] { read_safetensors(folder / "empty"); }).find("empty: has 0 bytes"), std::string::npos);
}

TEST(Safetensors, WhatCannotBeNamedIsNotWritten) {
  const Folder folder;
  EXPECT_THROW(write_safetensors(folder / "a", {{"__metadata__", ones({1})}}, {}, Overwrite::kNo), Error);
  EXPECT_THROW(write_safetensors(folder / "a", {{"\xff", ones({1})}}, {}, Overwrite::kNo), Error);
  EXPECT_THROW(write_safetensors(folder / "a", {{"a", Tensor()}}, {}, Overwrite::kNo), Error);
  EXPECT_THROW(write_safetensors(folder / "a", {}, {{"a", "\xc0\x80"}}, Overwrite::kNo), Error);
  EXPECT_FALSE(std::filesystem::exists(folder / "a"));
}

struct Lie {
  const char* name;
  const char* header;
  std::size_t data;
  const char* error;  ///< in what the reader says; empty: it is no lie
};

constexpr Lie kLies[] = {
    {"empty_object", "{}", 0, ""},
    {"spaces_after", "{}   ", 0, ""},
    {"spaces_within", "{ \"a\" :\n{\t\"shape\":[ ], \"dtype\":\"U8\",\r\"data_offsets\":[0,1] } }", 1, ""},
    {"nothing", "", 0, "begin with '{'"},
    {"space_before", " {}", 0, "begin with '{'"},
    {"array", "[]", 0, "begin with '{'"},
    {"newline_after", "{}\n", 0, "end with '}'"},
    {"object_after", "{}{}", 0, "no JSON"},
    {"open", "{", 0, "end with '}'"},
    {"trailing_comma", R"({"a":{"dtype":"U8","shape":[],"data_offsets":[0,1]},})", 1, "no JSON"},
    {"twice", R"({"a":{"dtype":"U8","shape":[],"data_offsets":[0,1]},"a":{"dtype":"U8","shape":[],"data_offsets":[1,2]}})", 2, "twice"},
    {"twice_escaped", R"({"a":{"dtype":"U8","shape":[],"data_offsets":[0,1]},"\u0061":{"dtype":"U8","shape":[],"data_offsets":[1,2]}})", 2,
     "twice"},
    {"key_twice", R"({"a":{"dtype":"U8","dtype":"U8","shape":[],"data_offsets":[0,1]}})", 1, "twice"},
    {"metadata_twice", R"({"__metadata__":{"a":"","a":""}})", 0, "twice"},
    {"two_metadata", R"({"__metadata__":{},"__metadata__":{}})", 0, "twice"},
    {"metadata_number", R"({"__metadata__":{"a":1}})", 0, "a number as \"a\""},
    {"metadata_nested", R"({"__metadata__":{"a":{}}})", 0, "an object as \"a\""},
    {"unknown_key", R"({"a":{"dtype":"U8","shape":[],"data_offsets":[0,1],"b":1}})", 1, "unknown key \"b\""},
    {"no_dtype", R"({"a":{"shape":[],"data_offsets":[0,1]}})", 1, "has not all"},
    {"no_shape", R"({"a":{"dtype":"U8","data_offsets":[0,1]}})", 1, "has not all"},
    {"no_place", R"({"a":{"dtype":"U8","shape":[]}})", 1, "has not all"},
    {"unknown_type", R"({"a":{"dtype":"F8_E4M3","shape":[],"data_offsets":[0,1]}})", 1, "unknown type \"F8_E4M3\""},
    {"lower_case", R"({"a":{"dtype":"f32","shape":[],"data_offsets":[0,4]}})", 4, "unknown type"},
    {"hole_before", R"({"a":{"dtype":"U8","shape":[],"data_offsets":[1,2]}})", 2, "a hole"},
    {"hole", R"({"a":{"dtype":"U8","shape":[],"data_offsets":[0,1]},"b":{"dtype":"U8","shape":[],"data_offsets":[2,3]}})", 3, "a hole"},
    {"overlap", R"({"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2]},"b":{"dtype":"U8","shape":[2],"data_offsets":[1,3]}})", 3,
     "overlap"},
    {"same_place", R"({"a":{"dtype":"U8","shape":[],"data_offsets":[0,1]},"b":{"dtype":"U8","shape":[],"data_offsets":[0,1]}})", 1,
     "overlap"},
    {"bytes_after", R"({"a":{"dtype":"U8","shape":[],"data_offsets":[0,1]}})", 2, "the file has 2"},
    {"beyond_the_end", R"({"a":{"dtype":"U8","shape":[9],"data_offsets":[0,9]}})", 2, "the file has 2"},
    {"backward", R"({"a":{"dtype":"U8","shape":[],"data_offsets":[1,0]}})", 1, "not its size"},
    {"wrong_size", R"({"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}})", 4, "not its size"},
    {"three_offsets", R"({"a":{"dtype":"U8","shape":[],"data_offsets":[0,1,1]}})", 1, "expected two"},
    {"one_offset", R"({"a":{"dtype":"U8","shape":[],"data_offsets":[0]}})", 1, "expected two"},
    {"negative_size", R"({"a":{"dtype":"U8","shape":[-1],"data_offsets":[0,1]}})", 1, "a negative number"},
    {"fraction", R"({"a":{"dtype":"U8","shape":[1.0],"data_offsets":[0,1]}})", 1, "not whole"},
    {"exponent", R"({"a":{"dtype":"U8","shape":[1e0],"data_offsets":[0,1]}})", 1, "not whole"},
    {"leading_zero", R"({"a":{"dtype":"U8","shape":[01],"data_offsets":[0,1]}})", 1, "no JSON"},
    {"size_overflows", R"({"a":{"dtype":"U8","shape":[4294967296,4294967296],"data_offsets":[0,0]}})", 0, "can't be"},
    {"size_overflows_behind_zero", R"({"a":{"dtype":"U8","shape":[0,4294967296,4294967296],"data_offsets":[0,0]}})", 0, "can't be"},
    {"bytes_overflow", R"({"a":{"dtype":"F64","shape":[2305843009213693952],"data_offsets":[0,0]}})", 0, "can't be"},
    {"number_overflows", R"({"a":{"dtype":"U8","shape":[99999999999999999999],"data_offsets":[0,1]}})", 1, "too large"},
    {"nine_axes", R"({"a":{"dtype":"U8","shape":[1,1,1,1,1,1,1,1,1],"data_offsets":[0,1]}})", 1, "more than 8"},
    {"empty_tensors", R"({"a":{"dtype":"U8","shape":[0],"data_offsets":[0,0]},"b":{"dtype":"F64","shape":[0,3],"data_offsets":[0,0]}})", 0,
     ""},
    {"empty_name", R"({"":{"dtype":"U8","shape":[],"data_offsets":[0,1]}})", 1, ""},
    {"control_character", "{\"a\n\":{}}", 0, "no JSON"},
    {"bad_escape", R"({"\q":{}})", 0, "no JSON"},
    {"half_a_pair", R"({"\ud800":{}})", 0, "no JSON"},
    {"second_half", R"({"\udc00":{}})", 0, "no JSON"},
    {"wrong_pair", R"({"\ud800\u0041":{}})", 0, "no JSON"},
    {"pair", R"({"__metadata__":{"\ud83d\ude00\u00e9\u20ac\n":""}})", 0, ""},
    {"three_digits", R"({"\u12":{}})", 0, "no JSON"},
    {"not_utf8", "{\"\xff\":{}}", 0, "no JSON"},
    {"overlong", "{\"\xc0\x80\":{}}", 0, "no JSON"},
    {"surrogate_bytes", "{\"\xed\xa0\x80\":{}}", 0, "no JSON"},
    {"cut_character", "{\"\xe2\x82\":{}}", 0, "no JSON"},
    {"null", R"({"a":null})", 0, "null as \"a\""},
    {"single_quotes", "{'a':{}}", 0, "no JSON"},
};

TEST(Safetensors, LiesAreFound) {
  for (const Lie& lie : kLies) {
    const std::string error = error_of_file(lie.header, lie.data);
    if (*lie.error == '\0') {
      EXPECT_EQ(error, "") << lie.name;
    } else {
      EXPECT_NE(error.find(lie.error), std::string::npos) << lie.name << ": " << error;
    }
  }
}

TEST(Safetensors, SizesOfTheHeaderAreChecked) {
  const auto with_size = [](std::uint64_t size) { return std::string(reinterpret_cast<const char*>(&size), 8) + "{}"; };
  for (const std::uint64_t size : {std::uint64_t{3}, std::uint64_t{100'000'001}, ~std::uint64_t{0}, ~std::uint64_t{0} - 7}) {
    EXPECT_NE(error_text([&] { parse_safetensors(as_bytes(with_size(size))); }), "") << size;
  }
  EXPECT_EQ(error_text([&] { parse_safetensors(as_bytes(with_size(2))); }), "");
}

TEST(Safetensors, ABoolIsZeroOrOne) {
  std::string bytes = file_of(R"({"a":{"dtype":"BOOL","shape":[2],"data_offsets":[0,2]}})", 2);
  EXPECT_EQ(error_text([&] { parse_safetensors(as_bytes(bytes)); }), "");
  bytes.back() = 2;
  EXPECT_NE(error_text([&] { parse_safetensors(as_bytes(bytes)); }).find("a bool is 2"), std::string::npos);
}

TEST(Safetensors, MutantsAreReadOrRefused) {
  const Folder folder;
  write_safetensors(folder / "a",
                    {{"w\n", numbers({2, 3}, DType::kF32)},
                     {"b", numbers({}, DType::kI64)},
                     {"m", numbers({3}, DType::kBool)},
                     {"e", numbers({0, 2}, DType::kF16)}},
                    {{"key", "\u00e9"}}, Overwrite::kNo);
  const int read = survivors(bytes_in(folder / "a"), [](std::span<const std::byte> bytes) {
    std::size_t numbers = 0;
    for (const auto& [name, tensor] : parse_safetensors(bytes).tensors) {
      numbers += static_cast<std::size_t>(tensor.count()) * size_of(tensor.dtype());
      if (tensor.count() < 100) tensor.values();
    }
    EXPECT_LT(numbers, bytes.size());
  });
  EXPECT_GT(read, 100);
  EXPECT_LT(read, 15'000);
}

}  // namespace
}  // namespace argent::tensor
