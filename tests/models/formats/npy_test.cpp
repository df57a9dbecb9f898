#include "models/formats/npy.h"

#include "models/formats/safetensors.h"
#include "models/tensor/ops.h"
#include "tests/models/formats/fixture.h"

namespace argent::tensor {
namespace {

Tensor numbers(const Dims& shape, DType type) {
  const Tensor values = arange(shape.count());
  return (type == DType::kBool ? remainder(values, 2) : values).to(type).view(shape);
}

const std::vector<std::pair<std::string, DType>> kTypes = {{"BOOL", DType::kBool}, {"U8", DType::kU8},   {"I8", DType::kI8},
                                                           {"I16", DType::kI16},   {"I32", DType::kI32}, {"I64", DType::kI64},
                                                           {"F16", DType::kF16},   {"F32", DType::kF32}, {"F64", DType::kF64}};

std::string npy(const std::string& header, std::size_t data, char version = 1) {
  std::string bytes("\x93NUMPY", 6);
  bytes += version;
  bytes += '\0';
  const auto size = static_cast<std::uint32_t>(header.size());
  bytes.append(reinterpret_cast<const char*>(&size), version == 1 ? 2 : 4);
  return bytes + header + std::string(data, '\0');
}

std::string error_of_file(const std::string& header, std::size_t data, char version = 1) {
  return error_text([&] { parse_npy(as_bytes(npy(header, data, version))); });
}

TEST(Npy, ReadsWhatNumpyWrote) {
  const Folder folder;
  ASSERT_TRUE(folder.python("write"));
  for (const char* name : {"v1.npy", "v2.npy", "v3.npy"}) {
    const Tensor x = read_npy(folder / name);
    EXPECT_EQ(x.shape(), (Dims{2, 3}));
    EXPECT_EQ(x.dtype(), DType::kF32);
    EXPECT_EQ(x.values(), (std::vector<double>{0, 1, 2, 3, 4, 5}));
  }
  const Tensor fortran = read_npy(folder / "fortran.npy");
  EXPECT_EQ(fortran.strides(), (Dims{1, 2, 6}));
  EXPECT_EQ(fortran.values(), numbers({2, 3, 4}, DType::kI32).values());
  EXPECT_EQ(read_npy(folder / "scalar.npy").item(), 7);
  EXPECT_EQ(read_npy(folder / "empty.npy").shape(), (Dims{2, 0}));
  EXPECT_EQ(read_npy(folder / "row.npy").values(), (std::vector<double>{0, 1, 0, 1}));
  EXPECT_NE(error_text([&] { read_npy(folder / "big_endian.npy"); }).find("big endian"), std::string::npos);
}

TEST(Npy, NumpyReadsWhatIsWritten) {
  const Folder folder;
  NamedTensors tensors;
  for (const auto& [name, type] : kTypes) {
    write_npy(folder / ("written_" + name + ".npy"), numbers({3, 2}, type), Overwrite::kNo);
    tensors["t." + name] = numbers({2, 3}, type);
  }
  tensors["t.BF16"] = numbers({2, 3}, DType::kBF16);
  write_npy(folder / "written_scalar.npy", full({}, 7), Overwrite::kNo);
  write_npy(folder / "written_row.npy", numbers({4}, DType::kF32), Overwrite::kNo);
  write_safetensors(folder / "written.safetensors", tensors, {{"quote \" and \\", "line\nof \U0001f4f7"}}, Overwrite::kNo);
  EXPECT_TRUE(folder.python("read"));
  EXPECT_THROW(write_npy(folder / "b.npy", ones({1}, DType::kBF16), Overwrite::kNo), Error);
  EXPECT_THROW(write_npy(folder / "written_row.npy", ones({1}), Overwrite::kNo), Error);
}

TEST(Npy, KeepsNumbersWhateverTheirStrides) {
  const Folder folder;
  const Tensor x = numbers({2, 3, 4}, DType::kF64).permute({2, 0, 1});
  write_npy(folder / "x.npy", x, Overwrite::kNo);
  const Tensor y = read_npy(folder / "x.npy");
  EXPECT_EQ(y.shape(), x.shape());
  EXPECT_EQ(y.values(), x.values());
}

TEST(Npy, UnsignedShortsAreWidened) {
  for (const char* order : {"False", "True"}) {
    std::string file = std::string("\x93NUMPY\1\0", 8),
                header = std::string("{'descr': '<u2', 'fortran_order': ") + order + ", 'shape': (2, 2), }\n";
    file += {static_cast<char>(header.size()), '\0'};
    file += header + std::string("\x00\x00\xff\xff\x00\x80\xff\x7f", 8);
    const Tensor array = parse_npy(std::as_bytes(std::span(file)));
    EXPECT_EQ(array.dtype(), DType::kI32);
    const bool fortran = order == std::string("True");
    EXPECT_EQ(array.values(), (fortran ? std::vector<double>{0, 32768, 65535, 32767} : std::vector<double>{0, 65535, 32768, 32767}));
  }
}

TEST(Npy, LiesAreFound) {
  const std::string good = "{'descr': '<f4', 'fortran_order': False, 'shape': (2,), }  \n";
  EXPECT_EQ(error_of_file(good, 8), "");
  EXPECT_EQ(error_of_file(good, 8, 2), "");
  EXPECT_EQ(error_of_file(good, 8, 3), "");
  EXPECT_EQ(error_of_file("{\"shape\":(1L, 2L),\"descr\":\"|u1\",\"fortran_order\":True}\n", 2), "");
  const std::pair<std::string, const char*> lies[] = {
      {"", "expected '{'"},
      {"{'descr': '<f4', 'fortran_order': False, 'shape': (2,), }", "new line"},
      {"{'descr': '<f4', 'fortran_order': False, 'shape': (2,), } 1\n", "new line"},
      {"{'descr': '<f4', 'fortran_order': False, }\n", "has not all"},
      {"{'descr': '<f4', 'descr': '<f4', 'fortran_order': False, 'shape': (2,), }\n", "twice"},
      {"{'descr': '<f4', 'fortran_order': 0, 'shape': (2,), }\n", "neither"},
      {"{'descr': '<f4', 'fortran_order': False, 'shape': (2), }\n", "no shape"},
      {"{'descr': '<f4', 'fortran_order': False, 'shape': (-2,), }\n", "whole number"},
      {"{'descr': '<f4', 'fortran_order': False, 'shape': (2 2), }\n", "expected ','"},
      {"{'descr': '<f4', 'fortran_order': False, 'shape': (3,), }\n", "expected 12"},
      {"{'descr': '<f4', 'fortran_order': False, 'shape': (1,), }\n", "expected 4"},
      {"{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999999999999,), }\n", "too large"},
      {"{'descr': '<f4', 'fortran_order': False, 'shape': (4294967296, 4294967296), }\n", "can't be"},
      {"{'descr': '<f4', 'fortran_order': False, 'shape': (0, 4294967296, 4294967296), }\n", "can't be"},
      {"{'descr': '<f4', 'fortran_order': False, 'shape': (1,1,1,1,1,1,1,1,2), }\n", "more than 8"},
      {"{'descr': '<c8', 'fortran_order': False, 'shape': (1,), }\n", "can't be read"},
      {"{'descr': '|O', 'fortran_order': False, 'shape': (1,), }\n", "can't be read"},
      {"{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (2,), }\n", "expected a string"},
      {"{'descr': '<f4, }\n", "expected a string"},
  };
  for (const auto& [header, expected] : lies) {
    const std::string error = error_of_file(header, 8);
    EXPECT_NE(error.find(expected), std::string::npos) << header << error;
  }
  EXPECT_NE(error_of_file(good, 8, 4).find("version"), std::string::npos);
  EXPECT_NE(error_text([] { parse_npy({}); }).find("no npy"), std::string::npos);
}

TEST(Npy, MutantsAreReadOrRefused) {
  const Folder folder;
  write_npy(folder / "x.npy", numbers({2, 3}, DType::kF32), Overwrite::kNo);
  const int read = survivors(bytes_in(folder / "x.npy"), [](std::span<const std::byte> bytes) {
    const Tensor x = parse_npy(bytes);
    EXPECT_LT(static_cast<std::size_t>(x.count()) * size_of(x.dtype()), bytes.size());
    x.values();
  });
  EXPECT_GT(read, 100);
}

}  // namespace
}  // namespace argent::tensor
