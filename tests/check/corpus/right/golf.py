# expect: zero_pad = right; conv_single_step = right; conv_forward = right; conv_backward = right; pool_forward = right; create_mask_from_window = right; distribute_value = right; pool_backward = right
import numpy as n;o=lambda a,f,s:[(k-f)//s+1 for k in a.shape[1:3]]
def zero_pad(X,p):return n.pad(X,((0,0),(p,p),(p,p),(0,0)))
def conv_single_step(a,W,b):return(a*W).sum()+n.ravel(b)[0]
def g(f,s,H,V):
    for h in range(H):
        for w in range(V):yield h,w,n.s_[:,h*s:h*s+f,w*s:w*s+f]
def conv_forward(A,W,b,q):
    p,s,f=q["pad"],q["stride"],len(W);P=zero_pad(A,p);Z=n.zeros([len(A),*o(P,f,s),W.shape[3]])
    for h,w,k in g(f,s,*Z.shape[1:3]):Z[:,h,w]=n.tensordot(P[k],W,3)+b[0,0,0]
    return Z,(A,W,b,q)
def conv_backward(D,t):
    A,W,b,q=t;p,s,f=q["pad"],q["stride"],len(W);P=zero_pad(A,p);X,Y=P*0,W*0
    for h,w,k in g(f,s,*D.shape[1:3]):X[k]+=n.tensordot(D[:,h,w],W,((1,),(3,)));Y+=n.tensordot(P[k],D[:,h,w],((0,),(0,)))
    return X[:,p:p+A.shape[1],p:p+A.shape[2]],Y,D.sum((0,1,2)).reshape(b.shape)
def pool_forward(A,q,mode="max"):
    f,s=q["f"],q["stride"];Z=n.zeros([len(A),*o(A,f,s),A.shape[3]])
    for h,w,k in g(f,s,*Z.shape[1:3]):Z[:,h,w]=(n.max,n.mean)[mode>"a"and mode<"b"](A[k],(1,2))
    return Z,(A,q)
create_mask_from_window=lambda x:x==x.max();distribute_value=lambda z,s:n.zeros(s)+z/s[0]/s[1]
def pool_backward(D,t,mode="max"):
    A,q=t;f=q["f"];X=A*0
    for h,w,k in g(f,q["stride"],*D.shape[1:3]):d=D[:,h:h+1,w:w+1];X[k]+=d*(A[k]==A[k].max((1,2),keepdims=1))if mode=="max"else d/f/f
    return X
