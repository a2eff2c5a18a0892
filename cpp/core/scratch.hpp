// Working memory of one operation: one block, cut into 64-byte aligned pieces.
//
// Assumes: one Scratch at a time on a thread. A thread keeps its last block of up to `kept` bytes for the next call and frees it
// when it ends; larger blocks are freed with the Scratch. Throws std::bad_alloc, so make it before any parallel_for.
#pragma once
#include <cstddef>
#include <cstdint>
#include <new>
#include <utility>

namespace convstep {

class Scratch {
 public:
  static constexpr std::size_t alignment = 64, kept = std::size_t(16) << 20;

  // Bytes that a piece of n elements takes.
  template <class T> static std::size_t bytes(std::int64_t n) {
    return (std::size_t(n) * sizeof(T) + alignment - 1) / alignment * alignment;
  }

  explicit Scratch(std::size_t size) : block_(std::exchange(spare(), Block())), end_(0) {
    if (block_.size < size) block_ = Block(size);
  }
  ~Scratch() {
    if (block_.size <= kept) spare() = std::move(block_);
  }
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;

  template <class T> T* take(std::int64_t n) {
    T* piece = reinterpret_cast<T*>(block_.data + end_);
    end_ += bytes<T>(n);
    return piece;
  }

 private:
  struct Block {
    char* data = nullptr;
    std::size_t size = 0;
    Block() = default;
    explicit Block(std::size_t n) : data(static_cast<char*>(::operator new(n, std::align_val_t(alignment)))), size(n) {}
    Block(Block&& other) noexcept : data(std::exchange(other.data, nullptr)), size(std::exchange(other.size, 0)) {}
    Block& operator=(Block&& other) noexcept {
      std::swap(data, other.data);
      std::swap(size, other.size);
      return *this;
    }
    ~Block() {
      if (data) ::operator delete(data, std::align_val_t(alignment));
    }
  };

  static Block& spare() {
    static thread_local Block block;
    return block;
  }

  Block block_;
  std::size_t end_;
};

}  // namespace convstep
