"""A compact Llama in torch for pre-training; parameter names and layout are those of transformers' LlamaForCausalLM."""
import torch
import torch.nn.functional as F
from torch import nn

CONFIG = dict(architectures=["LlamaForCausalLM"], model_type="llama", vocab_size=3072, hidden_size=160, num_hidden_layers=5,
              num_attention_heads=5, num_key_value_heads=5, head_dim=32, intermediate_size=448, max_position_embeddings=1024,
              hidden_act="silu", rms_norm_eps=1e-6, tie_word_embeddings=True, attention_bias=False, mlp_bias=False,
              attention_dropout=0.0, initializer_range=0.03, rope_theta=10000.0, rope_scaling=None, use_cache=True,
              pad_token_id=0, bos_token_id=None, eos_token_id=1, dtype="bfloat16")


class WeightedLoss(torch.autograd.Function):
    """Sum of weight * cross-entropy of a tied output layer, in chunks that stay in the cache; the gradient is made on the way."""

    @staticmethod
    def forward(ctx, hidden, table, targets, weights, chunk=1024):
        d_hidden, d_table = torch.empty_like(hidden), torch.zeros_like(table)
        losses, hits = [], []
        for a in range(0, len(hidden), chunk):
            h, y, w = hidden[a:a + chunk], targets[a:a + chunk, None], weights[a:a + chunk, None]
            logits = (h @ table.T).float()
            hits.append(logits.argmax(-1) == y[:, 0])
            top = logits.max(-1, keepdim=True).values
            right = logits.gather(1, y) - top
            p = logits.sub_(top).exp_()
            total = p.sum(-1, keepdim=True)
            losses.append((total.log() - right)[:, 0])
            p.mul_(w / total).scatter_add_(1, y, -w)
            d = p.to(h.dtype)
            d_hidden[a:a + chunk] = d @ table
            d_table += d.T @ h
        ctx.save_for_backward(d_hidden, d_table)
        losses = torch.cat(losses)
        ctx.mark_non_differentiable(losses, hit := torch.cat(hits))
        return (losses * weights).sum(), losses, hit

    @staticmethod
    def backward(ctx, grad, *_):
        d_hidden, d_table = ctx.saved_tensors
        return d_hidden * grad, d_table * grad, None, None, None


def rotary(config, dtype):
    """Cosines and sines for every position, repeated for the two halves of a head."""
    half = config["head_dim"] // 2
    frequency = config["rope_theta"] ** (-torch.arange(half, dtype=torch.float32) / half)
    angle = torch.arange(config["max_position_embeddings"], dtype=torch.float32)[:, None] * frequency
    angle = torch.cat([angle, angle], -1)
    return angle.cos().to(dtype), angle.sin().to(dtype)


def rotate(x, cos, sin):
    first, second = x.chunk(2, -1)
    return x * cos + torch.cat([-second, first], -1) * sin


class Attention(nn.Module):
    def __init__(self, c):
        super().__init__()
        h, self.heads = c["hidden_size"], c["num_attention_heads"]
        self.q_proj, self.k_proj, self.v_proj, self.o_proj = (nn.Linear(h, h, bias=False) for _ in range(4))

    def forward(self, x, cos, sin):
        batch, length, hidden = x.shape
        joined = torch.cat([self.q_proj.weight, self.k_proj.weight, self.v_proj.weight]).to(x.dtype)
        q, k, v = F.linear(x, joined).view(batch, length, 3, self.heads, -1).permute(2, 0, 3, 1, 4)
        q, k = rotate(q, cos, sin), rotate(k, cos, sin)
        y = F.scaled_dot_product_attention(q, k, v, is_causal=True)
        return F.linear(y.transpose(1, 2).reshape(batch, length, hidden), self.o_proj.weight.to(x.dtype))


class MLP(nn.Module):
    def __init__(self, c):
        super().__init__()
        h, m = c["hidden_size"], c["intermediate_size"]
        self.gate_proj, self.up_proj, self.down_proj = nn.Linear(h, m, bias=False), nn.Linear(h, m, bias=False), nn.Linear(m, h, bias=False)

    def forward(self, x):
        gate, up = F.linear(x, torch.cat([self.gate_proj.weight, self.up_proj.weight]).to(x.dtype)).chunk(2, -1)
        return F.linear(F.silu(gate) * up, self.down_proj.weight.to(x.dtype))


class Layer(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.self_attn, self.mlp, self.epsilon = Attention(c), MLP(c), c["rms_norm_eps"]
        self.input_layernorm, self.post_attention_layernorm = (nn.RMSNorm(c["hidden_size"], c["rms_norm_eps"]) for _ in range(2))

    def forward(self, x, cos, sin, dtype):
        x = x + self.self_attn(self.input_layernorm(x).to(dtype), cos, sin)
        return x + self.mlp(self.post_attention_layernorm(x).to(dtype))


class Body(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.embed_tokens = nn.Embedding(c["vocab_size"], c["hidden_size"])
        self.layers = nn.ModuleList(Layer(c) for _ in range(c["num_hidden_layers"]))
        self.norm = nn.RMSNorm(c["hidden_size"], c["rms_norm_eps"])


class Llama(nn.Module):
    """LlamaForCausalLM without dropout, cache or bias; `dtype` is the precision of the matrix products."""

    def __init__(self, config, dtype=torch.bfloat16):
        super().__init__()
        self.config, self.dtype, self.model = config, dtype, Body(config)
        self.cos, self.sin = rotary(config, dtype)
        for p in self.parameters():
            if p.ndim == 2:
                nn.init.normal_(p, std=config["initializer_range"])

    def hidden(self, ids):
        """Final hidden states of a batch of token ids, in the product precision."""
        x = self.model.embed_tokens(ids)
        cos, sin = self.cos[:ids.shape[1]], self.sin[:ids.shape[1]]
        for layer in self.model.layers:
            x = layer(x, cos, sin, self.dtype)
        return self.model.norm(x).to(self.dtype)

    def loss(self, ids, weights, body=None):
        """With `body` (a compiled `hidden`) if given: weighted sum of cross-entropies, and per counted token: its loss, whether the guess was right, its weight."""
        counted = weights[:, 1:].reshape(-1).nonzero()[:, 0]
        hidden = (body or self.hidden)(ids)[:, :-1].reshape(-1, self.config["hidden_size"])[counted]
        targets, w = ids[:, 1:].reshape(-1)[counted], weights[:, 1:].reshape(-1)[counted]
        total, losses, hits = WeightedLoss.apply(hidden, self.model.embed_tokens.weight.to(self.dtype), targets, w)
        return total, losses, hits, w
